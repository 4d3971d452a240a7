# SPDX-License-Identifier: BSD-2-Clause
"""What tests are made of: a context that boots guests and keeps their consoles."""

import contextlib
import os
import re

import start
from machine import ARM64, SILENCE_S, X86_64, Machine, Skipped, require  # pylint: disable=unused-import
from report import Report
from web import Server

TESTS = {}
# Those that `make guest` runs only where they are named: arm64's, except the ones marked with @arm64; @on_request's.
ON_REQUEST = set()

# The loader waits for the user. To the colon: what is waited for must have arrived whole.
PROMPT = r"Press (?:any key|D)[^:\n]*:"
KEY_PROMPT = r"Press any key to exit:"

# Where the default map shows every file.
DIRECTORIES = ("\\", "\\Boot\\", "\\Boot\\Fonts\\", "\\Boot\\Resources\\", "\\Sources\\", "\\EFI\\",
               "\\EFI\\Boot\\", "\\EFI\\Microsoft\\", "\\EFI\\Microsoft\\Boot\\")


def on_arm64(function, name):
    """Have a test of the UEFI half run on arm64 as well, where it is asked for."""
    def run(context):
        require(ARM64)
        function(context.on(ARM64))
    TESTS[name + "_arm64"] = run
    ON_REQUEST.add(name + "_arm64")


def arm64(function):
    """Mark a test that runs on arm64 every time: put it above @both, @uefi."""
    ON_REQUEST.discard(function.__name__ + "_arm64")
    return function


def uefi(function):
    """Mark a test of the UEFI half, of any processor."""
    on_arm64(function, function.__name__)
    return test(function)


def on_request(function):
    """Mark a test that only runs if it is named, because it takes long: put it above @test."""
    ON_REQUEST.add(function.__name__)
    return function


def test(function):
    """Mark a test."""
    TESTS[function.__name__] = function
    return function


def pc(function):
    """Mark a test that runs once in each firmware of a PC; it gets the firmware as second argument."""
    for firmware in ("bios", "efi"):
        TESTS["%s_%s" % (function.__name__, firmware)] = (
            lambda context, chosen=firmware: function(context, chosen))
    return function


def both(function):
    """The same, and on arm64, which has UEFI."""
    pc(function)
    on_arm64(lambda context: function(context, "efi"), function.__name__)
    return function


class Context:
    """One run of one test. `build` has stand-ins and samples for the guests' processor, `tools` what
    runs on this machine."""

    def __init__(self, name, build):
        self.name = name
        self.build = self.tools = build
        self.architecture = X86_64
        self.loader = os.path.join(build, "wimboot")
        self.console = ""
        self.guests = 0

    def on(self, architecture):
        """Have the guests of this test be machines of this architecture."""
        self.architecture = architecture
        self.loader += "." + architecture
        self.build = os.path.join(self.build, architecture)
        return self

    def default_program(self):
        """The file that UEFI starts from a stick."""
        return start.DEFAULT_PROGRAMS[self.architecture]

    def manager(self, firmware):
        """The name by which a boot manager can be given, and that it has on the disk."""
        return "bootmgr.exe" if firmware == "bios" else os.path.basename(self.default_program()).lower()

    def machine(self, firmware, arguments, **options):
        """Start a guest in a `with` statement; its console is kept when it ends."""
        return contextlib.closing(KeptMachine(self, firmware, arguments, **options))

    def boot(self, firmware, files, command_line="", **options):
        """Boot directly and return what the stand-in reported."""
        return self.run(firmware, start.direct(self.loader, files, command_line), **options)

    def run(self, firmware, arguments, **options):
        """Run a guest to its end and return what the stand-in reported."""
        with self.machine(firmware, arguments, **options) as guest:
            guest.wait(r"standin: done, \d+ failures|" + PROMPT)
            if "standin: done" in guest.console():
                guest.wait()
            report = Report(guest.console())
            report.console = guest.console()
            report.exported = guest.exported() if "shared_memory" in options else []
            return report

    def network(self, firmware, files, command_line="", named=True, **options):
        """Boot by iPXE over HTTP; returns what the stand-in reported."""
        served = dict(files)
        with open(self.loader, "rb") as loader:
            served["wimboot"] = loader.read()
        with Server(served) as server:
            served["boot.ipxe"] = start.ipxe_script(server, files, command_line, named)
            return self.run(firmware, start.network(server.url("boot.ipxe")), **options)

    def refuse(self, firmware, files, command_line="", says=(), silence=SILENCE_S, **options):
        """Boot what cannot boot: the loader must say why, in words that match all regular
        expressions of `says`, and wait for a key."""
        with self.machine(firmware, start.direct(self.loader, files, command_line),
                          **options) as guest:
            guest.wait(PROMPT, silence=silence)
            console = guest.console()
        assert "standin:" not in console, "the boot manager was started"
        for pattern in says:
            assert re.search(pattern, console, re.IGNORECASE), "no %r in the message" % pattern
        return console

    def close(self):
        """End the test."""


def check_default_map(report, files, others=()):
    """Each of `files` is in each of the nine directories, byte for byte, and nothing else but files
    named in `others` (lower case)."""
    report.check()
    for directory in DIRECTORIES:
        for name, data in files.items():
            report.check_file(directory + name, data)
    allowed = {name.lower() for name in files} | set(others)
    directories = {directory.lower() for directory in DIRECTORIES}
    for path in report.files:
        directory, name = path[:path.rindex("\\") + 1], path[path.rindex("\\") + 1:]
        assert name.lower() in allowed, "unexpected file " + path
        assert directory.lower() in directories, "unexpected " + path


class KeptMachine(Machine):
    """A machine whose console goes to a log file and to the test's context."""

    def __init__(self, context, *arguments, **options):
        self.context = context
        self.tools = context.tools
        super().__init__(*arguments, architecture=context.architecture, **options)

    def close(self):
        self.context.console = self.console()
        self.context.guests += 1
        logs = os.path.join(self.context.build, "guest", "logs")
        os.makedirs(logs, exist_ok=True)
        complaints = super().close()
        name = "%s-%d.log" % (self.context.name, self.context.guests)
        with open(os.path.join(logs, name), "w", encoding="utf-8") as file:
            file.write(self.context.console + complaints)
