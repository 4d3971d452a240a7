# SPDX-License-Identifier: BSD-2-Clause
"""The demonstration: a sample WIM and a script, booted by iPXE over HTTP in BIOS and in UEFI."""

import argparse
import os
import re
import sys

import samples
import start
from harness import PROMPT
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


class Screen:
    """Shows the loader's own lines; what firmware, iPXE and stand-in say is for the log."""

    def __init__(self):
        self.pending = ""
        self.is_loader = False

    def show(self, text):
        """Take a piece of console output."""
        *lines, self.pending = (self.pending + text).split("\n")
        for line in lines:
            title = re.search(r"wimboot \S+ \|", line)
            if title:
                self.is_loader = True
                line = line[title.start():]  # what was on the screen before it is cleared
            if self.is_loader and not line.startswith("standin: "):
                print("  | " + line.rstrip(), flush=True)


def boot(firmware, loader, files, log):
    """One boot, shown as it happens; true if the stand-in found all as it should be. The whole console
    goes to the file `log`."""
    served = dict(files)
    served["wimboot"] = samples.read(loader)
    with Server(served) as server:
        served["boot.ipxe"] = start.ipxe_script(server, files, "script=wimboot.lua site=hq")
        print("\n%s. iPXE runs\n%sand the loader says" % (firmware.upper(), "".join(
            "  | " + line + "\n" for line in served["boot.ipxe"].decode().splitlines())))
        with Machine(firmware, start.network(server.url("boot.ipxe")), echo=Screen().show) as guest:
            failure = None
            try:
                guest.wait("standin: done|" + PROMPT)
                guest.wait() if "standin: done" in guest.console() else None
            except GuestError as error:
                failure = error
            console = guest.console()
    with open(log, "w", encoding="utf-8") as file:
        file.write(console)
    try:
        if failure:
            raise failure
        report = Report(console)
        report.check()
        report.check_file("\\Notes\\Größe.txt", b"made by a script under %s\r\n" % firmware.encode())
        for name, data in files.items():
            if name != "wimboot.lua" and not name.endswith(".wim"):
                report.check_file("\\Boot\\" + name, data)
    except (AssertionError, GuestError) as error:
        print("%s FAILED: %s. The console's last lines:" % (firmware.upper(), error))
        print("\n".join("  | " + line for line in console.splitlines()[-10:]))
        return False
    print("%s is good: the stand-in for Microsoft's boot manager was started, read %d files and found "
          "nothing wrong." % (firmware.upper(), len(report.files)))
    return True


def main():
    """Boot both; the exit status is the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    files = {"wimboot.lua": SCRIPT.encode(), "BCD": samples.store("winpe-any"),
             "boot.sdi": samples.sdi(b"demonstration"), "boot.wim": samples.wim(arguments.build)}
    samples.write_tree(os.path.join(arguments.build, "demo"), files)
    loader = os.path.join(arguments.build, "wimboot")
    logs = os.path.join(arguments.build, "guest", "logs")
    os.makedirs(logs, exist_ok=True)
    results = [boot(firmware, loader, files, os.path.join(logs, "demo-%s.log" % firmware))
               for firmware in ("bios", "efi")]
    print("\nThe files that were booted: %s/demo/" % arguments.build)
    print("All that the guests said, with each check of the stand-in: %s/demo-*.log" % logs)
    print("demo: %s" % ("both boots are good" if all(results) else "FAILED"))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
