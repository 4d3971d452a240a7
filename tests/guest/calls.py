# SPDX-License-Identifier: BSD-2-Clause
"""Time what a BIOS boot manager asks of the loader after the hand-over: calls.py [--build DIR] [LOADER ...]

4,000 calls each of the interrupts that boot managers use while they read boot.wim, and a read of 64 MB. Figures are
times, so they differ from run to run: compare the ratios to calls of a function that does nothing.
"""

import argparse
import os
import re
import statistics
import sys

import real_sizes
import samples
from machine import Machine
from report import Report
from start import direct

RUNS = 3
WISHES = ["no-overwrite", "no-tree", "time-calls", r"time \Sources\boot.wim",
          "time-limit %d" % real_sizes.READ_SIZE]


def measure(loader, files):
    """Boot once. Returns a dict: what was timed -> ticks by ticks of an empty call."""
    with Machine("bios", direct(loader, files), memory=384, wishes=WISHES) as guest:
        guest.wait(r"standin: done, \d+ failures")
        report = Report(guest.console()).check()
    result = {}
    for line in report.lines:
        match = re.fullmatch(r"calls (\d+) of (.*): ticks (\d+), empty calls (\d+)", line)
        if match:
            empty = int(match[4]) / int(match[1])
            result[match[2]] = int(match[3]) / int(match[4])
    result["reading 64 MB"] = report.number(r"ticks (\d+) for \d+ bytes of .*") / empty
    return result


def main():
    """Print a table, medians of a few boots."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("loaders", nargs="*", metavar="LOADER", help="instead of the build's")
    arguments = parser.parse_args()
    files = {"boot.wim": samples.read(real_sizes.wim(arguments.build, "LZX"))}
    for loader in arguments.loaders or [os.path.join(arguments.build, "wimboot")]:
        runs = [measure(loader, files) for _ in range(RUNS)]
        print("%s: time of one, by that of an empty call" % loader)
        for name in runs[0]:
            print("  %-16s %12.0f" % (name, statistics.median(run[name] for run in runs)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
