# SPDX-License-Identifier: BSD-2-Clause
"""The judge: a guest in which the real iPXE runs scripts.

iPXE is started once, and saved while it waits for a key; for each script a guest continues from that
moment. It finds the real loader and files of its own on an HTTP server. The loader runs a
script, wimboot.lua, that shows what it was given.
"""
import os
import re
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "guest"))

import start  # noqa: E402  pylint: disable=wrong-import-position
from machine import GuestError, Machine  # noqa: E402  pylint: disable=wrong-import-position
from web import Server  # noqa: E402  pylint: disable=wrong-import-position

# Waits for a key, then runs the script; says how it came back, if it does.
DRIVER = b"""#!ipxe
prompt JUDGE ready
chain %s && echo JUDGE ended 0 || echo JUDGE ended 1
prompt
"""

# What the loader was given, in lines that the preview prints as well.
SHOW = b"""for i = 1, #boot.args do print("JUDGE word " .. boot.args[i]) end
for name, f in pairs(files) do print(("JUDGE file %s %d"):format(name, f.size)) end
print("JUDGE end")
"""

LINE = re.compile(r"JUDGE (?:word|file) .*|JUDGE end(?:ed \d)?")

# What iPXE itself shows.
VERSION = re.compile(r"iPXE (\d[\d.]*)")
OF_IPXE = re.compile(r"JUDGE ready|JUDGE ended|iPXE>|" + VERSION.pattern)

# How long iPXE may take to start, and a script; between keys.
FIRST_S, LONGEST_S, KEY_S = 240, 120, 0.7


class Guest(Machine):
    """A guest in which iPXE runs, or will run, the driver."""

    def __init__(self, firmware, arguments):
        self.firmware = firmware
        super().__init__(firmware, arguments)
        while not self.has_monitor():
            time.sleep(0.02)

    def has_monitor(self):
        """Whether QEMU's monitor answers."""
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(self.path("qmp")) == 0

    def shown(self):
        """All that the guest shows: what the loader prints is on the serial port; what iPXE prints is
        there as well in UEFI, and on the screen in BIOS."""
        lines = self.console().splitlines(keepends=True)
        if self.firmware == "bios":
            lines += [line + "\n" for line in self.screen().splitlines() if OF_IPXE.search(line)]
        return "".join(lines)

    def wait_for(self, pattern, seconds):
        """Wait until the guest shows a regular expression; returns what it shows."""
        end = time.monotonic() + seconds
        while True:
            text = self.shown()
            if re.search(pattern, text):
                return text
            if time.monotonic() > end:
                raise GuestError("no %r in: %s" % (pattern, text))
            time.sleep(0.05)

    def wait_status(self, command, status):
        """Wait until QEMU's monitor says that something has come to a status."""
        while self.qmp(command).get("status") != status:
            time.sleep(0.02)


class Judge:
    """One firmware's iPXE."""

    def __init__(self, firmware, loader, script, files):
        """`script` is where the scripts to judge will be on the server; `files` a dict of path to
        bytes."""
        self.firmware = firmware
        self.script = script
        with open(loader, "rb") as file:
            self.server = Server(files | {"wimboot": file.read()})
        self.server.files["judge.ipxe"] = DRIVER % self.server.url(script).encode()
        self.folder = tempfile.TemporaryDirectory()
        self.state = os.path.join(self.folder.name, "state")
        guest = Guest(firmware, self.network)
        try:
            text = guest.wait_for("JUDGE ready", FIRST_S)
            self.version = VERSION.search(text).group(1)
            guest.qmp("migrate", uri="exec:cat >" + self.state)
            guest.wait_status("query-migrate", "completed")
        finally:
            guest.close()

    def network(self, machine):
        """QEMU's arguments for iPXE and its network. A disk to start from in UEFI could not be saved
        with the guest."""
        program = (["-kernel", start.IPXE[machine.architecture], "-device", "e1000,netdev=net0,romfile="]
                   if self.firmware == "efi" else ["-device", "e1000,netdev=net0", "-boot", "n"])
        return ["-netdev", "user,id=net0,bootfile=" + self.server.url("judge.ipxe"), *program]

    def run(self, script, keys=()):
        """Run a script, pressing QEMU's `keys`, and return what the loader shows, in lines without
        "JUDGE", or ["ended 0"] or ["ended 1"] if the script comes back, or ["shell"]."""
        self.server.files[self.script] = script
        guest = Guest(self.firmware,
                      lambda _: [*self.network(_), "-incoming", "exec:cat " + self.state])
        try:
            guest.wait_status("query-status", "running")
            guest.press("spc")
            for key in keys:
                time.sleep(KEY_S)
                guest.press(key)
            text = guest.wait_for(r"JUDGE end(\n|ed \d)|iPXE>", LONGEST_S)
        finally:
            guest.close()
        if "JUDGE end" not in text:
            return ["shell"]
        return [line.removeprefix("JUDGE ").rstrip() for line in LINE.findall(text)]

    def close(self):
        """End the server and forget the saved guest."""
        self.server.__exit__()
        self.folder.cleanup()
