# SPDX-License-Identifier: BSD-2-Clause
"""Count instructions from the loader's first one to the boot manager's: icount.py [--build DIR] [--cpu MODEL]

With -icount QEMU's time stamp counter counts instructions, the same in every run: 16 ticks for each
(one would do, but firmware waits in loops, for minutes then). A repeated string instruction counts
once a repetition. The stand-in reports the counter at its entry. At the loader's entry QEMU's GDB
stub stops the guest and has it execute one RDTSC, so the loader measured is the one that ships.
Under UEFI a first run finds where the firmware puts the image.

The processor is one that Windows 11 would run on, SSE4.2 and POPCNT, without instructions for SHA-1.
"""

import argparse
import os
import re
import struct
import sys

import gdb
import real_sizes
import samples
from harness import PROMPT
from machine import Machine
from report import Report
from start import direct

# QEMU puts the real-mode part of a bzImage at 0x10000; its entry is 0x200 bytes later.
BIOS_ENTRY = 0x10200

TICKS_SHIFT = 4  # an instruction takes 2^4 ticks
PROCESSOR = "Nehalem"
MEMORY = 512  # MB: a WIM and, under UEFI, the boot loader's copy of it


def entry_offset(loader):
    """Where the UEFI image is entered, from its start in memory."""
    data = samples.read(loader)
    header = struct.unpack_from("<I", data, 0x3c)[0]
    return struct.unpack_from("<I", data, header + 0x28)[0]


def measure(loader, firmware, files, processor, wishes=(), entry=None):
    """Boot once; returns the stand-in's report and the counter at `entry` (0 without)."""
    def arguments(machine):
        result = direct(loader, files)(machine) + ["-icount", "shift=%d,sleep=off" % TICKS_SHIFT]
        if entry:
            result += ["-S", "-gdb", "unix:%s,server=on,wait=off" % machine.path("gdb")]
        return result
    with Machine(firmware, arguments, MEMORY, wishes=["no-overwrite", "no-tree", *wishes],
                 processor=processor) as guest:
        start = 0
        if entry:
            stub = gdb.Stub(guest.path("gdb"))
            stub.run_to(entry)
            start = stub.time_stamp(entry)
            stub.detach()
        guest.wait(r"standin: done, \d+ failures|" + PROMPT, silence=300, total=600)
        return Report(guest.console()).check(), start


class Meter:
    """Measures boots of one loader; remembers where the firmware puts the image."""

    def __init__(self, loader, processor=PROCESSOR):
        self.loader = loader
        self.processor = processor
        self.entry = {"bios": BIOS_ENTRY, "efi": None}

    def entry_of(self, report):
        """Where the loader was entered, by what the stand-in reported."""
        base = report.find(r"loader at ([0-9a-f]+)")
        assert base, "the boot manager was not entered"
        return int(base[1], 16) + entry_offset(self.loader)

    def instructions(self, firmware, files, wishes=()):
        """Instructions from entry to hand-over, and the report."""
        while True:
            entry = self.entry[firmware]
            try:
                report, start = measure(self.loader, firmware, files, self.processor, wishes, entry)
            except EOFError:
                self.entry[firmware] = None
                continue
            if firmware == "efi":
                self.entry["efi"] = self.entry_of(report)
            if entry and entry == self.entry[firmware]:
                ticks = report.number(r"bootmg.* entered, tsc=(\d+)") - start
                return ticks >> TICKS_SHIFT, report


def small_wim(build, compression):
    """The sample WIM, which says as Microsoft's do which Windows it has."""
    with samples.temporary_file(samples.wim(build, compression)) as path:
        for index in range(1, samples.IMAGES + 1):
            samples.set_windows(path, index, *real_sizes.WINDOWS)
        return samples.read(path)


def small_inputs(build):
    """The inputs that figures of other loaders are kept of: a boot.sdi of 64 KB, boot managers of 40 KB."""
    programs = {"bootmgr.exe": samples.read(build, "guest", "bootmgr.exe"),
                "bootx64.efi": samples.read(build, "guest", "bootmgfw.efi")}
    lzx = {"boot.wim": small_wim(build, "LZX")}
    return {
        "nothing but a boot manager": programs,
        "3-image LZX WIM": lzx,
        "3-image XPRESS WIM": {"boot.wim": small_wim(build, "XPRESS")},
        "uncompressed WIM": {"boot.wim": small_wim(build, "none")},
        "LZX WIM and 1.5 MB injected": lzx | {"tool.bin": samples.noise(1500000, 1)},
    }


def real_inputs(build):
    """What Microsoft's files are like."""
    return {
        "nothing but a boot manager": real_sizes.programs(build),
        **{kind + " WIM": {"boot.wim": samples.read(real_sizes.wim(build, kind))}
           for kind in ("LZX", "XPRESS", "none")},
    }


# What a boot manager reads before it starts Windows' own loader; of the WIM, the first part.
READ_FILES = ["\\Boot\\BCD", "\\Boot\\boot.sdi", *("\\Boot\\Fonts\\" + name for name in samples.FONTS),
              "\\Sources\\boot.wim"]


def figures(meter, firmware, files):
    """Million instructions to the hand-over, to the end of the reading, and of that for boot.wim by the MiB."""
    has_wim = "boot.wim" in files
    wishes = ["time-limit %d" % real_sizes.READ_SIZE] + ["time " + path for path in READ_FILES] if has_wim else []
    before, report = meter.instructions(firmware, files, wishes=wishes)
    reading, rate = 0, 0
    for line in report.lines:
        match = re.fullmatch(r"ticks (\d+) for (\d+) bytes of (.*)", line)
        if match:
            count = int(match[1]) >> TICKS_SHIFT
            reading += count
            rate = count / (int(match[2]) / 2**20)  # of the last one: boot.wim
    return before / 1e6, (before + reading) / 1e6 if has_wim else None, rate / 1e6 if has_wim else None


def cells(values):
    """Columns of a table, empty where there is no value."""
    return "".join("%9s" % ("" if value is None else "%.2f" % value) for value in values)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--loader", help="instead of the build's")
    parser.add_argument("--cpu", default=PROCESSOR, help="QEMU's model, default: %(default)s")
    arguments = parser.parse_args()
    meter = Meter(arguments.loader or os.path.join(arguments.build, "wimboot"), arguments.cpu)
    print("Million instructions from entry to hand-over, to the end of the reading (BCD, boot.sdi, fonts, %d MB of "
          "boot.wim), and for a MiB of boot.wim" % (real_sizes.READ_SIZE >> 20))
    for title, inputs in (("real sizes", real_inputs), ("small samples", small_inputs)):
        print("%-30s%9s%9s%9s%9s%9s%9s" % (title, "BIOS", "read", "/MiB", "UEFI", "read", "/MiB"))
        for name, files in inputs(arguments.build).items():
            print("%-30s" % name + cells(figures(meter, "bios", files) + figures(meter, "efi", files)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
