# SPDX-License-Identifier: BSD-2-Clause
"""The demonstration: a sample WIM and a script, booted by iPXE over HTTP in BIOS and in UEFI."""

import argparse
import os
import sys

import samples
import start
from machine import GuestError, Machine
from report import Report
from web import Server

SCRIPT = """\
-- wimboot.lua of the demonstration: choose an image, lay out the disk, look at the result.
print("wimboot.lua runs under " .. boot.firmware .. ", site " .. tostring(boot.args.site))

boot.index = 3

function on.wim(w, file)
  for i, image in ipairs(w.images) do
    print(("  image %d of %s: %s%s"):format(i, file.name, image.name, i == w.boot_index and " (boots)" or ""))
  end
end

function on.disk(disk)
  disk:add("\\\\Notes\\\\Größe.txt", file.new("note", "made by a script under ", boot.firmware, "\\r\\n"))
end
"""


def boot(firmware, loader, files):
    """One boot, shown as it happens; true if the stand-in found all as it should be."""
    served = dict(files)
    served["wimboot"] = samples.read(loader)
    with Server(served) as server:
        served["boot.ipxe"] = start.ipxe_script(server, files, "script=wimboot.lua site=hq")
        print("\n===== %s: iPXE runs\n%s=====" % (firmware.upper(), served["boot.ipxe"].decode()))

        def show(text):
            sys.stdout.write(text.replace("\r", ""))
            sys.stdout.flush()
        with Machine(firmware, start.network(server.url("boot.ipxe")), echo=show) as guest:
            try:
                guest.wait(r"standin: done, \d+ failures|Press any key|Press D")
                guest.wait(silence=5) if "standin: done" in guest.console() else None
            except GuestError as error:
                print("\n===== %s: %s" % (firmware.upper(), error))
                return False
            report = Report(guest.console())
    try:
        report.check()
        report.check_file("\\Notes\\Größe.txt", b"made by a script under %s\r\n" % firmware.encode())
        for name, data in files.items():
            if name != "wimboot.lua" and not name.endswith(".wim"):
                report.check_file("\\Boot\\" + name, data)
    except AssertionError as error:
        print("\n===== %s: FAILED: %s" % (firmware.upper(), error))
        return False
    print("\n===== %s: good. The stand-in for Microsoft's boot manager was started, read %d files and "
          "found nothing wrong." % (firmware.upper(), len(report.files)))
    return True


def main():
    """Boot both; the exit status is the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    files = {"wimboot.lua": SCRIPT.encode(), "BCD": samples.store("winpe-any"),
             "boot.sdi": samples.sdi(b"demonstration"), "boot.wim": samples.wim(arguments.build)}
    loader = os.path.join(arguments.build, "wimboot")
    results = [boot(firmware, loader, files) for firmware in ("bios", "efi")]
    print("\ndemo: %s" % ("both boots are good" if all(results) else "FAILED"))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
