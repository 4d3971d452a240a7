#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Have a file of an ISO 9660 image consist of two extents, as files of 4 GiB and more do.

    split_extent.py IMAGE NAME

NAME is in the root directory, as it is recorded ("BOOT.WIM;1"). Format: ECMA-119; in parentheses the sections.
"""

import struct
import sys

SECTOR = 2048
MORE_EXTENTS = 0x80


def both(number):
    """A number in both byte orders (7.3.3)."""
    return struct.pack("<I", number) + struct.pack(">I", number)


def main(path, name):
    """Split the file in the middle; its second half moves to the end of the image."""
    with open(path, "r+b") as file:
        image = bytearray(file.read())
        root = 16 * SECTOR + 156
        start = struct.unpack_from("<I", image, root + 2)[0] * SECTOR
        end = start + SECTOR
        at = start
        while image[at + 33 : at + 33 + image[at + 32]] != name.encode():
            at += image[at]
        length = image[at]
        extent, size = (struct.unpack_from("<I", image, at + offset)[0] for offset in (2, 10))
        first = size // 2 // SECTOR * SECTOR
        moved = bytes(image[extent * SECTOR + first : extent * SECTOR + size])
        image[extent * SECTOR + first : extent * SECTOR + size] = bytes(len(moved))
        record = bytearray(image[at : at + length])
        record[10:18] = both(first)
        record[25] |= MORE_EXTENTS
        second = bytearray(image[at : at + length])
        second[2:10], second[10:18] = both(len(image) // SECTOR), both(len(moved))
        image[at:end] = (bytes(record + second) + bytes(image[at + length : end]))[: end - at]
        image += moved.ljust(-(-len(moved) // SECTOR) * SECTOR, b"\0")
        image[16 * SECTOR + 80 : 16 * SECTOR + 88] = both(len(image) // SECTOR)
        file.seek(0)
        file.write(image)


if __name__ == "__main__":
    main(*sys.argv[1:])
