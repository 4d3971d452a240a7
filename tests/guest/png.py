# SPDX-License-Identifier: BSD-2-Clause
"""Pictures of text screens, which have few colours, as small PNGs (RFC 2083)."""

import re
import struct
import zlib

COLOURS_MAX = 16  # 4 bits for each pixel


def read_ppm(data):
    """Width, height and the pixels of a binary PPM, three bytes each."""
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    if not head:
        raise ValueError("not a PPM of 8 bits")
    return int(head[1]), int(head[2]), data[head.end():]


def colours_of(pixels):
    """The index of each colour, most frequent first."""
    counts = {}
    for at in range(0, len(pixels), 3):
        colour = pixels[at:at + 3]
        counts[colour] = counts.get(colour, 0) + 1
    return {colour: index for index, colour in enumerate(sorted(counts, key=counts.get, reverse=True))}


def chunk(kind, data):
    """A chunk: length, type, data, CRC."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def from_ppm(data):
    """The PNG of a PPM with at most 16 colours."""
    width, height, pixels = read_ppm(data)
    colours = colours_of(pixels)
    if len(colours) > COLOURS_MAX:
        raise ValueError("%d colours: is this a text screen?" % len(colours))
    indexes = [colours[pixels[at:at + 3]] for at in range(0, len(pixels), 3)]
    indexes = bytes(indexes)
    rows = bytearray()
    for row in range(height):
        line = indexes[row * width:(row + 1) * width] + b"\0" * (width % 2)
        rows += b"\0" + bytes(left << 4 | right for left, right in zip(line[::2], line[1::2]))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0))
            + chunk(b"PLTE", b"".join(colours)) + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b""))
