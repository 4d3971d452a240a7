# SPDX-License-Identifier: BSD-2-Clause
"""Pictures of the loader's screens in both firmwares, for the documentation."""

import argparse
import os
import sys
import time

import png
import samples
import start
from machine import Machine

FACTS = ["-smbios", "type=1,manufacturer=Contoso,product=OptiPlex 7090,serial=4XJ7K93"]
MAC = "mac=52:54:00:12:34:56"

BOOT = b"""
boot.index = boot.memory < 2 << 30 and 1 or 2
boot.pause = true
function on.wim(w)
  w:inject("/Windows/System32/winpeshl.ini", "[LaunchApps]\\r\\ncmd.exe\\r\\n")
  w:remove("/Windows/System32/startnet.cmd")
end
function on.bcd(s)
  s["{bootmgr}"].timeout = 5
  s["{default}"].description = "Windows PE of Contoso"
end
if not boot.args.share then
  log.warn("no share= on the command line. The default is \\\\\\\\files\\\\images")
end
"""
MENU = b"""
menu {
  title = "What is to be done with this machine?", timeout = 60, default = 2,
  { "Start its own disk", boot.exit, key = "d" },
  { "Deploy Windows", index = 2 },
  { "Rescue", index = 3, key = "r" },
  { "Switch off", boot.poweroff, key = "o" },
}
"""
PROMPT = b"""
local name = console.read_line {
  prompt = "Computer name: ", default = "PC-0001", timeout = 600, pattern = "[%w-]+",
}
"""
FAILURE = b"""
function on.disk(disk)
  disk:add("C:/Tools/tools.cab", "...")
end
"""

# The script of each screen, what it shows when it is complete, and keys to press then.
SCREENS = {
    "boot": (BOOT, "to start the boot manager", []),
    "menu": (MENU, "stops the countdown", ["down", "up"]),
    "error": (FAILURE, "Press D", []),
    "prompt": (PROMPT, "Computer name", ["p", "c", "minus", "7"]),
}


def take(context, firmware, name):
    """The picture of one screen in one firmware."""
    script, pattern, keys = SCREENS[name]
    files = {"boot.wim": samples.wim(context.build), "boot.lua": script, "BCD": samples.store("winpe-any")}
    direct = start.direct(os.path.join(context.build, "wimboot"), files, "script=boot.lua site=hq " + MAC)
    with Machine(firmware, lambda machine: direct(machine) + FACTS, memory=1024) as guest:
        guest.wait(pattern)
        guest.press(*keys)
        time.sleep(1)
        return guest.picture()


def main():
    """Take all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--out", default="docs/images")
    parser.add_argument("names", nargs="*", default=list(SCREENS))
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    for name in arguments.names:
        for firmware in ("bios", "efi"):
            path = os.path.join(arguments.out, "%s-%s.png" % (name, firmware))
            picture = png.from_ppm(take(arguments, firmware, name))
            with open(path, "wb") as file:
                file.write(picture)
            print("  %s: %d bytes" % (path, len(picture)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
