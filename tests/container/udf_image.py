#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write UDF images with what other tools at hand do not make: metadata and sparable partitions, files in several
extents, embedded in their file entries or with holes, lists of extents in several blocks, chains of file entries.

    udf_image.py IMAGE FOLDER [OPTION...]

7-Zip judges them (make_samples.sh). Formats: ECMA-167, UDF 1.02 to 2.60; in parentheses the sections.
"""

import argparse
import os
import pathlib
import struct

FIRST_BLOCK = 300  # of the partition
MAIN, RESERVE, ANCHOR = 260, 280, 256
SEQUENCE_BLOCKS = 16
PIECE = 0x3FFFF800  # the longest extent, in whole blocks
LONG, SHORT, EMBEDDED = 1, 0, 3


def crc16(data):
    """CRC-16 of tags (3/7.2)."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def tagged(identifier, location, body, version=2):
    """A descriptor: the tag, and what follows it."""
    tag = bytearray(struct.pack("<HHBBHHHI", identifier, version, 0, 0, 0, crc16(body), len(body), location))
    tag[4] = sum(tag) & 0xFF
    return bytes(tag) + body


def compressed(text, wide=False):
    """OSTA compressed Unicode."""
    if wide or any(ord(character) > 255 for character in text):
        return b"\x10" + text.encode("utf-16-be")
    return b"\x08" + text.encode("latin-1")


def fixed(text, size):
    """A string in a field: its length is in the last byte."""
    data = compressed(text)
    return data.ljust(size - 1, b"\0") + bytes([len(data)])


def regid(name, suffix=b""):
    """An identifier (1/7.4)."""
    return b"\0" + name.encode().ljust(23, b"\0") + suffix.ljust(8, b"\0")


def charset():
    """CS0 (1/7.2.1)."""
    return b"\0" + b"OSTA Compressed Unicode".ljust(63, b"\0")


class Image:
    """An image that is being written."""

    def __init__(self, path, options):
        self.options = options
        self.block = options.block
        self.file = open(path, "wb")  # pylint: disable=consider-using-with
        self.next = 0  # in the physical partition
        self.metadata = {}  # block in the metadata partition -> bytes
        self.next_metadata = 0
        self.domain = regid("*OSTA UDF Compliant", struct.pack("<H", options.revision))
        self.version = 3 if options.revision >= 0x200 else 2
        self.unique = 16

    def tagged(self, identifier, location, body):
        """A descriptor of this image's version."""
        return tagged(identifier, location, body, self.version)

    def write_sector(self, sector, data):
        """Write at a sector of the image."""
        self.file.seek(sector * self.block)
        self.file.write(data)

    def blocks(self, size):
        """How many blocks bytes take."""
        return -(-size // self.block)

    def allocate(self, count):
        """Blocks of the physical partition."""
        self.next += count
        return self.next - count

    def write_block(self, block, data):
        """Write into the physical partition."""
        self.write_sector(FIRST_BLOCK + block, data)

    def allocate_structure(self, count=1):
        """Blocks for directories and file entries: in the metadata partition, if there is one."""
        if not self.options.metadata:
            return self.allocate(count)
        self.next_metadata += count
        return self.next_metadata - count

    def write_structure(self, block, data):
        """Write such a block."""
        if not self.options.metadata:
            self.write_block(block, data)
            return
        for i in range(0, len(data), self.block):
            self.metadata[block + i // self.block] = data[i : i + self.block].ljust(self.block, b"\0")

    @property
    def structure_partition(self):
        """The number of the map of the partition with file entries."""
        return 1 if self.options.metadata else 0

    # ---- extents ----

    def data_extents(self, path, size):
        """Put a file's bytes on the image, in pieces in reverse order if that was asked for: (length, block)."""
        pieces = max(1, self.options.pieces)
        count = self.blocks(size)
        step = max(1, min(-(-count // pieces), PIECE // self.block))
        cuts = [(start, min(step, count - start)) for start in range(0, count, step)]
        extents = [None] * len(cuts)
        order = list(enumerate(cuts))
        for index, (start, length) in reversed(order) if self.options.pieces > 1 else order:
            block = self.allocate(length)
            if self.options.pieces > 1:
                self.allocate(1)  # a gap
            self.copy(path, start * self.block, block, min(length * self.block, size - start * self.block))
            extents[index] = (min(length * self.block, size - start * self.block), block)
        if cuts:
            self.file.seek((FIRST_BLOCK + self.next) * self.block - 1)
            self.file.write(b"\0") if self.file.seek(0, os.SEEK_END) < (FIRST_BLOCK + self.next) * self.block else None
        return extents

    def without_zeros(self, length, block):
        """The extent, or one that is not there, if it has nothing but zeros."""
        self.file.flush()
        with open(self.file.name, "rb") as written:
            written.seek((FIRST_BLOCK + block) * self.block)
            return (length, block) if any(written.read(length)) else (length | 2 << 30, 0)

    def copy(self, path, offset, block, length):
        """Copy a part of a file; its holes stay holes."""
        with open(path, "rb") as source:
            at, end = offset, offset + length
            while at < end:
                try:
                    data = os.lseek(source.fileno(), at, os.SEEK_DATA)
                except OSError:
                    break
                if data >= end:
                    break
                hole = min(os.lseek(source.fileno(), data, os.SEEK_HOLE), end)
                source.seek(data)
                self.file.seek((FIRST_BLOCK + block) * self.block + data - offset)
                self.file.write(source.read(hole - data))
                at = hole

    def descriptors(self, extents, kind):
        """Allocation descriptors."""
        data = b""
        for length, block in extents:
            data += struct.pack("<II", length, block)
            data += struct.pack("<H6x", 0) if kind == LONG else b""
        return data

    def chained_descriptors(self, data, step):
        """The first descriptors, and the rest in blocks of their own (4/14.5)."""
        per_block = self.options.continue_after
        entries = [data[i : i + step] for i in range(0, len(data), step)]
        if not per_block or len(entries) <= per_block:
            return data
        block = self.allocate_structure()
        rest = self.chained_descriptors(b"".join(entries[per_block:]), step)
        body = struct.pack("<II", 0, len(rest)) + rest
        self.write_structure(block, self.tagged(258, block, body))
        extent = struct.pack("<II", 3 << 30 | self.block, block)
        extent += struct.pack("<H6x", self.structure_partition) if step == 16 else b""
        return b"".join(entries[:per_block]) + extent

    # ---- file entries ----

    def entry(self, block, file_type, size, kind, allocation):
        """A file entry (4/14.9), or an extended one (4/14.17)."""
        strategy = 4096 if self.options.chain else 4
        icb = struct.pack("<IHHHBB6xH", 0, strategy, 0, 1, 0, file_type, kind)
        stamp = struct.pack("<HhBBBBBBBB", 0x1000, 2026, 1, 1, 0, 0, 0, 0, 0, 0)
        self.unique += 1
        head = icb + struct.pack("<IIIHBBI", 0xFFFFFFFF, 0xFFFFFFFF, 0x14A5, 1, 0, 0, 0)
        recorded = self.blocks(size) if kind != EMBEDDED else 0
        tail = regid("*wimboot test") + struct.pack("<QII", self.unique, 0, len(allocation)) + allocation
        if self.options.extended:
            body = head + struct.pack("<QQQ", size, size, recorded) + 4 * stamp + struct.pack("<II", 1, 0) + bytes(32) + tail
            return self.tagged(266, block, body)
        body = head + struct.pack("<QQ", size, recorded) + 3 * stamp + struct.pack("<I", 1) + bytes(16) + tail
        return self.tagged(261, block, body)

    def allocate_entry(self):
        """A block for a file entry, and for the indirect one after it."""
        return self.allocate_structure(2 if self.options.chain else 1)

    def write_entry(self, file_type, size, kind, allocation, block=None):
        """Write a file entry; the block that it can be found at."""
        block = self.allocate_entry() if block is None else block
        if not self.options.chain:
            self.write_structure(block, self.entry(block, file_type, size, kind, allocation))
            return block
        # An old entry of an empty file, then an indirect one that leads to the one in force (4/A.5).
        first, second = block, self.allocate_structure(2)
        self.write_structure(first, self.entry(first, file_type, 0, kind, b""))
        icb = struct.pack("<IHHHBB6xH", 0, 4096, 0, 1, 0, 3, 0)
        indirect = icb + struct.pack("<IIH6x", self.block, second, self.structure_partition)
        self.write_structure(first + 1, self.tagged(259, first + 1, indirect))
        self.write_structure(second, self.entry(second, file_type, size, kind, allocation))
        return first

    def add_file(self, path):
        """Add a file; the block of its entry."""
        size = os.stat(path).st_size
        if size <= self.options.embed:
            return self.write_entry(5, size, EMBEDDED, pathlib.Path(path).read_bytes())
        kind = LONG if self.options.long or self.options.metadata else SHORT
        extents = self.data_extents(path, size)
        if self.options.hole:
            extents = [self.without_zeros(*extent) for extent in extents]
        data = self.chained_descriptors(self.descriptors(extents, kind), 16 if kind == LONG else 8)
        return self.write_entry(5, size, kind, data)

    def identifier(self, characteristics, block, name, location):
        """An entry of a directory (4/14.4)."""
        text = compressed(name, self.options.wide) if name else b""
        icb = struct.pack("<IIH", self.block, block, self.structure_partition) + bytes(6)
        body = struct.pack("<HBB", 1, characteristics, len(text)) + icb + struct.pack("<H", 0) + text
        return self.tagged(257, location, body.ljust(-(-(len(body) + 16) // 4) * 4 - 16, b"\0"))

    def add_folder(self, path, parent=None):
        """Add a directory with all that is in it; the block of its entry."""
        own = self.allocate_entry()
        entries = [self.identifier(10, own if parent is None else parent, "", 0)]
        for item in sorted(pathlib.Path(path).iterdir()):
            block = self.add_folder(item, own) if item.is_dir() else self.add_file(item)
            if len(entries) == 1:
                entries.append(self.identifier(4, block, "deleted.txt", 0))
            entries.append(self.identifier(2 if item.is_dir() else 0, block, item.name, 0))
        data = b"".join(entries)
        if len(data) <= self.options.embed:
            return self.write_entry(4, len(data), EMBEDDED, data, own)
        block = self.allocate_structure(self.blocks(len(data)))
        self.write_structure(block, data)
        extent = struct.pack("<II", len(data), block)
        return self.write_entry(4, len(data), SHORT, extent, own)

    # ---- the volume ----

    def maps(self):
        """Partition maps (UDF 2.2.8 to 2.2.10)."""
        revision = struct.pack("<H", self.options.revision)
        if self.options.sparable or self.options.spared:
            table = 258
            entries = [(0xFFFFFFFF, 0)] + ([(0, 1)] if self.options.spared else [])
            body = regid("*UDF Sparing Table", revision) + struct.pack("<HHI", len(entries), 0, 1)
            body += b"".join(struct.pack("<II", *entry) for entry in entries)
            self.write_sector(table, self.tagged(0, table, body))
            identifier = regid("*UDF Sparable Partition", revision)
            return [b"\x02\x40\0\0" + identifier + struct.pack("<HHHBBIIIII", 1, 0, 32, 1, 0, self.block, table, 0, 0, 0)]
        if self.options.virtual:
            identifier = regid("*UDF Virtual Partition", revision)
            return [b"\x02\x40\0\0" + identifier + struct.pack("<HH24x", 1, 0)]
        maps = [struct.pack("<BBHH", 1, 6, 1, 0)]
        if self.options.metadata:
            identifier = regid("*UDF Metadata Partition", revision)
            places = struct.pack("<IIIIHB5x", self.metadata_file, self.metadata_mirror, 0xFFFFFFFF, 32, 1, 0)
            maps.append(b"\x02\x40\0\0" + identifier + struct.pack("<HH", 1, 0) + places)
        return maps

    def finish_metadata(self):
        """Write the metadata partition as a file in two pieces, and its file entries."""
        self.metadata_file = self.metadata_mirror = 0
        if not self.options.metadata:
            return
        count = self.next_metadata
        half = max(1, count // 2)
        second = self.allocate(count - half)
        first = self.allocate(half)
        for block, data in self.metadata.items():
            self.write_block(first + block if block < half else second + block - half, data)
        extents = [(half * self.block, first), ((count - half) * self.block, second)]
        chain, self.options.chain = self.options.chain, False
        places = []
        for file_type in (250, 251):
            block = self.allocate(1)
            entry = self.entry(block, file_type, count * self.block, SHORT, self.descriptors(extents, SHORT))
            if not (self.options.mirror and file_type == 250):
                self.write_block(block, entry)
            places.append(block)
        self.options.chain = chain
        self.metadata_file, self.metadata_mirror = places

    def finish(self, root):
        """Write everything that leads to the root directory."""
        file_set = self.allocate_structure()
        icb = struct.pack("<IIH", self.block, root, self.structure_partition) + bytes(6)
        body = bytes(12) + struct.pack("<HHIIII", 3, 3, 1, 1, 0, 0) + charset() + fixed(self.options.label, 128)
        body += charset() + fixed(self.options.label, 32) + bytes(64) + icb + self.domain + bytes(48)
        self.write_structure(file_set, self.tagged(256, file_set, body))
        self.finish_metadata()
        length = self.next
        maps = self.maps()
        for start in (MAIN, RESERVE):
            self.write_sequence(start, length, maps, file_set)
        last = FIRST_BLOCK + length
        for sector in (ANCHOR, last) if not self.options.late_anchor else (last,):
            size = SEQUENCE_BLOCKS * self.block
            body = struct.pack("<IIII", size, MAIN, size, RESERVE) + bytes(480)
            self.write_sector(sector, self.tagged(2, sector, body).ljust(self.block, b"\0"))
        step = max(2048, self.block)
        for index, name in enumerate((b"BEA01", b"NSR03" if self.version == 3 else b"NSR02", b"TEA01")):
            self.file.seek(32768 + index * step)
            self.file.write(b"\0" + name + b"\x01")
        self.file.close()

    def write_sequence(self, start, length, maps, file_set):
        """Write the volume descriptors (3/10)."""
        label = self.options.label
        body = struct.pack("<IIHHHHHHI", 1, 0, 1, 1, 2, 2, 1, 1, 1)
        primary = struct.pack("<II", 1, 0) + fixed(label, 32) + struct.pack("<HHHHII", 1, 1, 2, 2, 1, 1) + fixed(label, 128)
        primary += charset() + charset() + bytes(16) + regid("") + bytes(12) + regid("*wimboot test") + bytes(64 + 4 + 2 + 22)
        partition = struct.pack("<IHH", 2, 1, 0) + regid("+NSR03" if self.version == 3 else "+NSR02") + bytes(128)
        partition += struct.pack("<III", 1, FIRST_BLOCK, length) + regid("*wimboot test") + bytes(128 + 156)
        where = struct.pack("<IIH", self.block, file_set, self.structure_partition) + bytes(6)
        joined = b"".join(maps)
        logical = struct.pack("<I", 3) + charset() + fixed(label, 128) + struct.pack("<I", self.block) + self.domain
        logical += where + struct.pack("<II", len(joined), len(maps)) + regid("*wimboot test") + bytes(128)
        logical += struct.pack("<II", 0, 0) + joined
        del body
        descriptors = [(1, primary), (5, partition), (6, logical), (8, bytes(496))]
        for index, (identifier, content) in enumerate(descriptors):
            self.write_sector(start + index, self.tagged(identifier, start + index, content))


def main():
    """Write the image."""
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("folder")
    parser.add_argument("--block", type=int, default=2048)
    parser.add_argument("--revision", type=lambda text: int(text, 16), default=0x102)
    parser.add_argument("--label", default="WIMBOOT")
    parser.add_argument("--pieces", type=int, default=1, help="extents of each file")
    parser.add_argument("--embed", type=int, default=0, help="embed files of up to so many bytes")
    parser.add_argument("--continue-after", type=int, default=0, help="descriptors in each block")
    for flag in ("metadata", "mirror", "sparable", "spared", "virtual", "long", "chain", "extended", "wide", "hole",
                 "late-anchor"):  # fmt: skip
        parser.add_argument("--" + flag, action="store_true")
    options = parser.parse_args()
    image = Image(options.image, options)
    image.finish(image.add_folder(options.folder))


if __name__ == "__main__":
    main()
