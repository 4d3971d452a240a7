#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Twice the input takes twice the instructions, not four times: counted by callgrind, not timed."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROWTH = ROOT / "build" / "host" / "tests" / "growth" / "growth"

# How many of each; of what has a limit, no more than that.
THINGS = {
    "long_names": 2000, "paths": 2000, "unnamed": 120, "disk": 1000, "objects": 1000, "keys": 1000,
    "siblings": 200, "twins": 200, "again": 300, "patched": 10000,
}
# Growing tables and sorting add a little; twice as many steps for each item would be 4.
RATIO_MAX = 2.7


def instructions(name, count):
    """Instructions that a run executes."""
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(GROWTH), name, str(count)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    if result.returncode != 0:
        raise AssertionError(f"{name} {count}: {result.stderr}")
    return int(re.search(r"Collected : (\d+)", result.stderr).group(1))


class Growth(unittest.TestCase):
    """Each thing with nothing to do, with some, and with twice as many."""

    def test_growth(self):
        for name, count in THINGS.items():
            with self.subTest(name):
                none, once, twice = (instructions(name, n) for n in (1, count, 2 * count))
                ratio = (twice - none) / (once - none)
                print(f"{name}: {once - none} for {count}, {ratio:.2f} times that for {2 * count}")
                self.assertLess(ratio, RATIO_MAX)


if __name__ == "__main__":
    unittest.main()
