# SPDX-License-Identifier: BSD-2-Clause
"""What a stand-in reported, out of a guest's console."""

import re
import zlib


class Report:
    """The stand-in's lines, sorted by what they tell."""

    def __init__(self, console):
        self.lines = re.findall(r"standin: (.*)", console)
        self.failures = [line[5:] for line in self.lines if line.startswith("FAIL ")]
        self.files = {}  # path: (size, CRC-32)
        self.lower = {}  # the same with paths in lower case
        self.directories = {}  # path: number of entries
        for line in self.lines:
            match = re.fullmatch(r"file (\d+) ([0-9a-f]{8}) (.*)", line)
            if match:
                facts = (int(match[1]), int(match[2], 16))
                self.files[match[3]] = self.lower[match[3].lower()] = facts
            match = re.fullmatch(r"directory (\d+) (.*)", line)
            if match:
                self.directories[match[2]] = int(match[1])

    def find(self, pattern):
        """The match of a regular expression with a whole line, or None."""
        for line in self.lines:
            match = re.fullmatch(pattern, line)
            if match:
                return match
        return None

    def number(self, pattern):
        """The number in the first group of a line."""
        match = self.find(pattern)
        assert match, "the stand-in did not report %r" % pattern
        return int(match[1], 0)

    def check(self):
        """The stand-in ran to its end and found nothing wrong."""
        assert self.lines, "the boot manager was not entered"
        assert not self.failures, "the stand-in complains: " + "; ".join(self.failures[:5])
        assert self.find(r"done, 0 failures"), "the stand-in did not come to its end"
        return self

    def check_file(self, path, data):
        """A file is at a path, byte for byte."""
        wanted = (len(data), zlib.crc32(data))
        found = self.lower.get(path.lower())
        assert found, "%s is not on the disk" % path
        assert found == wanted, "%s is %d bytes of CRC %08x, not %d of %08x" % (path, *found,
                                                                                *wanted)
