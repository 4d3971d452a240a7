#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Have a file of an ISO 9660 image consist of two extents, as files of 4 GiB and more do.

    split_extent.py IMAGE NAME [SIZE]

NAME is in the root directory, as it is recorded ("BOOT.WIM;1"). With SIZE, more than 4 GiB, it gets that many bytes,
zeros but for "start", "middle" at 4 GiB, and "end"; the image is sparse. Format: ECMA-119; in parentheses the sections.
"""

import struct
import sys

SECTOR = 2048
MORE_EXTENTS = 0x80
EXTENT_MAX = 0xFFFFF800  # the longest one, in whole sectors


def both(number):
    """A number in both byte orders (7.3.3)."""
    return struct.pack("<I", number) + struct.pack(">I", number)


def find(image, name):
    """Where the file's record is in the root directory, and where that ends, which has one sector."""
    start = struct.unpack_from("<I", image, 16 * SECTOR + 156 + 2)[0] * SECTOR
    at = start
    while image[at + 33 : at + 33 + image[at + 32]] != name.encode():
        at += image[at]
    return at, start + SECTOR


def split(image, name, extents):
    """Give the file these extents: (sector, bytes)."""
    at, end = find(image, name)
    old = bytes(image[at : at + image[at]])
    records = b""
    for number, (sector, size) in enumerate(extents, 1):
        record = bytearray(old)
        record[2:10], record[10:18] = both(sector), both(size)
        record[25] |= MORE_EXTENTS if number < len(extents) else 0
        records += record
    image[at:end] = (records + bytes(image[at + len(old) : end]))[: end - at]


def set_size(image, size):
    """Say how many bytes the volume has (8.4.8)."""
    image[16 * SECTOR + 80 : 16 * SECTOR + 88] = both(-(-size // SECTOR))


def split_in_the_middle(image, name):
    """The file's second half moves to the end of the image."""
    at, _ = find(image, name)
    extent, size = (struct.unpack_from("<I", image, at + offset)[0] for offset in (2, 10))
    first = size // 2 // SECTOR * SECTOR
    start = extent * SECTOR + first
    moved = bytes(image[start : start + size - first])
    image[start : start + len(moved)] = bytes(len(moved))
    split(image, name, [(extent, first), (len(image) // SECTOR, len(moved))])
    image += moved.ljust(-(-len(moved) // SECTOR) * SECTOR, b"\0")
    set_size(image, len(image))


def main(path, name, size=None):
    """Change the image."""
    with open(path, "r+b") as file:
        image = bytearray(file.read())
        start = len(image)
        if size is None:
            split_in_the_middle(image, name)
        else:
            size = int(size)
            split(image, name, [(start // SECTOR, EXTENT_MAX), ((start + EXTENT_MAX) // SECTOR, size - EXTENT_MAX)])
            set_size(image, start + size)
        file.seek(0)
        file.write(image)
        for offset, text in ((0, b"start"), (1 << 32, b"middle"), (size - 3, b"end")) if size is not None else ():
            file.seek(start + offset)
            file.write(text)
        file.truncate(-(-file.tell() // SECTOR) * SECTOR)


if __name__ == "__main__":
    main(*sys.argv[1:])
