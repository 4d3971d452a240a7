# SPDX-License-Identifier: BSD-2-Clause
"""Count instructions from the loader's first one to the boot manager's: icount.py [--build DIR]

With -icount QEMU's time stamp counter counts instructions, the same in every run: 16 ticks for each
(one would do, but firmware waits in loops, for minutes then). A repeated string instruction counts
once a repetition. The stand-in reports the counter at its entry. At the loader's entry QEMU's GDB
stub stops the guest and has it execute one RDTSC, so the loader measured is the one that ships.
Under UEFI a first run finds where the firmware puts the image.
"""

import argparse
import os
import struct
import sys

import gdb
import samples
from machine import Machine
from report import Report
from start import direct

# QEMU puts the real-mode part of a bzImage at 0x10000; its entry is 0x200 bytes later.
BIOS_ENTRY = 0x10200

TICKS_SHIFT = 4  # an instruction takes 2^4 ticks


def entry_offset(loader):
    """Where the UEFI image is entered, from its start in memory."""
    data = samples.read(loader)
    header = struct.unpack_from("<I", data, 0x3c)[0]
    return struct.unpack_from("<I", data, header + 0x28)[0]


def measure(loader, firmware, files, command_line="", wishes=(), entry=None):
    """Boot once; returns the stand-in's report and the counter at `entry` (0 without)."""
    def arguments(machine):
        result = direct(loader, files, command_line)(machine) + ["-icount", "shift=%d,sleep=off" % TICKS_SHIFT]
        if entry:
            result += ["-S", "-gdb", "unix:%s,server=on,wait=off" % machine.path("gdb")]
        return result
    with Machine(firmware, arguments, wishes=["no-overwrite", "no-tree", *wishes]) as guest:
        start = 0
        if entry:
            stub = gdb.Stub(guest.path("gdb"))
            stub.run_to(entry)
            start = stub.time_stamp(entry)
            stub.detach()
        guest.wait(r"standin: done, \d+ failures|Press any key|Press D", silence=300, total=600)
        return Report(guest.console()), start


class Meter:
    """Measures boots of one loader; remembers where the firmware puts the image."""

    def __init__(self, loader):
        self.loader = loader
        self.entry = {"bios": BIOS_ENTRY, "efi": None}

    def entry_of(self, report):
        """Where the loader was entered, by what the stand-in reported."""
        base = report.find(r"loader at ([0-9a-f]+)")
        assert base, "the boot manager was not entered"
        return int(base[1], 16) + entry_offset(self.loader)

    def instructions(self, firmware, files, command_line="", wishes=()):
        """Instructions from entry to hand-over, and the report."""
        while True:
            entry = self.entry[firmware]
            try:
                report, start = measure(self.loader, firmware, files, command_line, wishes, entry)
            except EOFError:
                self.entry[firmware] = None
                continue
            if firmware == "efi":
                self.entry["efi"] = self.entry_of(report)
            if entry and entry == self.entry[firmware]:
                ticks = report.number(r"bootmg.* entered, tsc=(\d+)") - start
                return ticks >> TICKS_SHIFT, report


def inputs(build):
    """The inputs that figures are kept of."""
    programs = {"bootmgr.exe": samples.read(build, "guest", "bootmgr.exe"),
                "bootx64.efi": samples.read(build, "guest", "bootmgfw.efi")}
    lzx = {"boot.wim": samples.wim(build)}
    return {
        "nothing but a boot manager": programs,
        "3-image LZX WIM": lzx,
        "3-image XPRESS WIM": {"boot.wim": samples.wim(build, "XPRESS")},
        "uncompressed WIM": {"boot.wim": samples.wim(build, "none")},
        "LZX WIM and 1.5 MB injected": lzx | {"tool.bin": samples.noise(1500000, 1)},
    }


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    meter = Meter(os.path.join(arguments.build, "wimboot"))
    print("%-30s %12s %12s   million instructions, entry to hand-over" % ("input", "BIOS", "UEFI"))
    reading = []
    for name, files in inputs(arguments.build).items():
        wishes = ["time \\Sources\\boot.wim"] if "boot.wim" in files else []
        row = []
        for firmware in ("bios", "efi"):
            count, report = meter.instructions(firmware, files, wishes=wishes)
            row.append(count / 1e6)
            ticks = report.find(r"ticks (\d+) for (\d+) bytes.*")
            if ticks:
                count = int(ticks[1]) >> TICKS_SHIFT
                reading.append((name, firmware, count / (int(ticks[2]) / 2**20)))
        print("%-30s %12.2f %12.2f" % (name, *row), flush=True)
    for name, firmware, count in reading:
        print("%-30s %-4s %9.0f thousand instructions per MiB of boot.wim read"
              % (name, firmware, count / 1e3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
