# SPDX-License-Identifier: BSD-2-Clause
"""A guest: one QEMU process, what it says on its serial port, and keys pressed in it."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

# A PC, and what QEMU calls "virt": arm64.
X86_64, ARM64 = "x86_64", "arm64"
EMULATORS = {X86_64: "qemu-system-x86_64", ARM64: "qemu-system-aarch64"}
EMULATOR_PACKAGES = {X86_64: "qemu-system-x86", ARM64: "qemu-system-arm"}

OVMF_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
OVMF_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd"

AAVMF_CODE = "/usr/share/AAVMF/AAVMF_CODE.fd"
AAVMF_VARIABLES = "/usr/share/AAVMF/AAVMF_VARS.fd"

# Secure Boot is on in these variables, and trusts the package's test key alone. Such firmware keeps
# its variables in system management mode, which QEMU's older chipset does not have.
SECURE_OVMF = ("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd")
SECURE_MACHINE = ["-machine", "q35,smm=on,accel=tcg",
                  "-global", "driver=cfi.pflash01,property=secure,value=on"]

SECURE_AAVMF = ("/usr/share/AAVMF/AAVMF_CODE.snakeoil.fd", "/usr/share/AAVMF/AAVMF_VARS.snakeoil.fd")

# The firmware can be silent for more than 40 s on a machine with much else to do.
SILENCE_S = 100
TOTAL_S = 300

# What the loader makes of a line that is longer than UEFI's console (CONSOLE_INDENT): tests want it whole.
CONTINUATION = re.compile(r"\n {3}(?=\S)")

TERMINAL_CODES = re.compile(rb"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()=>][0-9A-B]?")

# Has QEMU end when the harness ends, however that happens. Python's own way, a function that runs between fork and
# exec, can lock up in a program with threads, and the guest would never start.
END_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]


class Skipped(Exception):
    """The test cannot run here; says why."""


def require(architecture):
    """Skip the test where guests of this architecture cannot run."""
    emulator = EMULATORS[architecture]
    if shutil.which(emulator) is None:
        raise Skipped("no %s (package %s)" % (emulator, EMULATOR_PACKAGES[architecture]))
    if architecture == ARM64 and not os.path.exists(AAVMF_CODE):
        raise Skipped("no %s (package qemu-efi-aarch64)" % AAVMF_CODE)


class GuestError(Exception):
    """The guest did not do what was waited for."""


class Machine:
    """A running guest. Use it in a `with` statement."""

    tools = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build")  # for what is fetched

    def __init__(self, firmware, arguments, memory=240, wishes=None, shared_memory=0, echo=None,
                 display="none", processor=None, secure_boot=False,
                 architecture=X86_64):
        """`firmware` is "bios" or "efi"; `arguments` a function that gets this machine, may write
        files at its path(), and returns QEMU arguments; `memory` in MiB, the default being too little
        for the log in the image, so that a WIM is on the disk as it was given; `wishes` a list of lines
        for the stand-in; `shared_memory` in bytes; `echo` is called with each piece of console
        output; `display` and `processor` are QEMU's -display and -cpu; `secure_boot` is for UEFI: True,
        or the paths of other firmware and of its variables; `architecture`
        is X86_64 or ARM64, which has UEFI alone."""
        self.firmware = firmware
        self.architecture = architecture
        self.complaints = ""  # QEMU's own
        self.directory = tempfile.mkdtemp(prefix="guest-")
        self.output = bytearray()  # what the guest sent, without terminal codes
        self.echo = echo
        self.changed = threading.Condition()
        if architecture == ARM64:
            code, variables = AAVMF_CODE, AAVMF_VARIABLES
            if secure_boot:
                code, variables = SECURE_AAVMF if secure_boot is True else secure_boot
            devices = ["-machine", "virt,accel=tcg", "-cpu", processor or "cortex-a57",
                       "-device", "ramfb", "-device", "qemu-xhci", "-device", "usb-kbd"]
        else:
            code, variables = OVMF_CODE, OVMF_VARIABLES
            if secure_boot:
                code, variables = SECURE_OVMF if secure_boot is True else secure_boot
            chipset = SECURE_MACHINE if secure_boot else ["-machine", "pc,accel=tcg"]
            devices = [*chipset, "-cpu", processor or "qemu64", "-vga", "std",
                       "-debugcon", "file:" + self.path("debug.log"),
                       "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        command = [EMULATORS[architecture], *devices, "-m", str(memory),
                   "-display", display, "-no-reboot", "-nodefaults", "-serial", "stdio",
                   "-qmp", "unix:" + self.path("qmp") + ",server=on,wait=off"]
        if firmware == "efi":
            shutil.copyfile(variables, self.path("variables.fd"))
            command += ["-drive", "if=pflash,format=raw,readonly=on,file=" + code,
                        "-drive", "if=pflash,format=raw,file=" + self.path("variables.fd")]
        if wishes:
            with open(self.path("wishes"), "w", encoding="utf-8") as file:
                file.write("\n".join(wishes) + "\n")
            command += ["-fw_cfg", "name=opt/standin,file=" + self.path("wishes")]
        if shared_memory:
            with open(self.path("shared"), "wb") as file:
                file.truncate(shared_memory)
            command += ["-object", "memory-backend-file,id=shared,share=on,mem-path=%s,size=%d"
                        % (self.path("shared"), shared_memory),
                        "-device", "ivshmem-plain,memdev=shared"]
        self.process = subprocess.Popen(END_WITH_PARENT + command + arguments(self), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.last_output = time.monotonic()
        self.reader = threading.Thread(target=self.read_output, daemon=True)
        self.reader.start()

    def path(self, name):
        """A file of this guest's own."""
        return os.path.join(self.directory, name)

    def write(self, name, data):
        """Make a file of this guest's own; returns its path."""
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def read_output(self):
        """Collect what the guest sends until QEMU ends."""
        pending = b""
        while True:
            piece = self.process.stdout.read1(65536)
            # A terminal code may be cut at the end of a piece.
            pending += piece
            escape = pending.rfind(b"\x1b")
            is_cut = piece and escape >= 0 and escape > len(pending) - 16
            end = escape if is_cut else len(pending)
            plain = TERMINAL_CODES.sub(b"", pending[:end]).replace(b"\r", b"")
            pending = pending[end:]
            with self.changed:
                self.output += plain
                self.last_output = time.monotonic()
                self.changed.notify_all()
            if self.echo:
                self.echo(plain.decode(errors="replace"))
            if not piece:
                return

    def console(self):
        """All that was shown so far."""
        with self.changed:
            return CONTINUATION.sub("", self.output.decode(errors="replace"))

    def wait(self, pattern=None, silence=SILENCE_S, total=TOTAL_S):
        """Wait until the console shows the regular expression `pattern`, or, without one, until
        the guest ends."""
        start = time.monotonic()
        expression = re.compile(pattern) if pattern else None
        searched = 0
        while True:
            ended = self.process.poll() is not None
            if ended:
                self.reader.join()
            with self.changed:
                if len(self.output) == searched and not ended:
                    self.changed.wait(0.5)
                recent = self.output[max(0, searched - 1000):].decode(errors="replace")
                found = expression and expression.search(CONTINUATION.sub("", recent))
                searched = len(self.output)
                quiet_for = time.monotonic() - self.last_output
            if found or (ended and not expression):
                return self
            waited_for = "%r" % pattern if pattern else "its end"
            if ended:
                self.complaints = self.process.stderr.read().decode(errors="replace")
                raise GuestError("the guest ended without %s %s" % (waited_for, self.complaints))
            if quiet_for > silence:
                raise GuestError("silent for %d s while waiting for %s" % (silence, waited_for))
            if time.monotonic() - start > total:
                raise GuestError("no %s within %d s" % (waited_for, total))
            time.sleep(0.02)

    def screen(self):
        """The text that a PC's screen shows in text mode."""
        self.qmp("pmemsave", val=0xb8000, size=80 * 25 * 2, filename=self.path("screen"))
        with open(self.path("screen"), "rb") as file:
            cells = file.read()
        text = cells[::2].decode("cp437")
        return "\n".join(text[row:row + 80].rstrip() for row in range(0, 80 * 25, 80))

    def picture(self):
        """What the screen shows, as a binary PPM."""
        self.qmp("screendump", filename=self.path("picture"))
        with open(self.path("picture"), "rb") as file:
            return file.read()

    def wait_screen(self, pattern, total=SILENCE_S):
        """Wait until the screen shows a regular expression."""
        start = time.monotonic()
        while not re.search(pattern, self.screen()):
            if time.monotonic() - start > total:
                raise GuestError("no %r on the screen within %d s" % (pattern, total))
            time.sleep(0.2)

    def qmp(self, command, **arguments):
        """One command to QEMU's monitor, which needs a moment to appear."""
        start = time.monotonic()
        with socket.socket(socket.AF_UNIX) as connection:
            while True:
                try:
                    connection.connect(self.path("qmp"))
                    break
                except (FileNotFoundError, ConnectionRefusedError):
                    if time.monotonic() - start > SILENCE_S:
                        raise
                    time.sleep(0.05)
            stream = connection.makefile("rw")
            stream.readline()
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": command, "arguments": arguments}):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                reply = {}
                while "return" not in reply and "error" not in reply:
                    reply = json.loads(stream.readline())
            if "error" in reply:
                raise GuestError("%s: %s" % (command, reply["error"]["desc"]))
            return reply["return"]

    def press(self, *keys):
        """Press keys, one after the other, by their QEMU names ("ret", "a")."""
        for key in keys:
            self.qmp("send-key", keys=[{"type": "qcode", "data": key}])
            time.sleep(0.2)

    def exported(self):
        """The files that the stand-in exported, in order."""
        result = []
        with open(self.path("shared"), "rb") as file:
            while True:
                head = file.read(16)
                if head[:8] != b"EXPORTED":
                    return result
                size = int.from_bytes(head[8:16], "little")
                result.append(file.read(size))
                file.seek(-size % 16, os.SEEK_CUR)

    def close(self):
        """End QEMU and remove its files."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        complaints = self.complaints + self.process.stderr.read().decode(errors="replace")
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        return complaints

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
