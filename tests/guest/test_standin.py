# SPDX-License-Identifier: BSD-2-Clause
"""The stand-ins themselves: they read what other tools make, and they find what is wrong."""

import os
import random
import re
import struct
import subprocess
import tempfile

import samples
import start
from harness import test, uefi
from report import Report

PARTITION_START = 2048  # sectors


def make_disk(directory, files):
    """A disk image with an MBR and a FAT32 partition, by mkfs.fat and mtools."""
    volume, disk = os.path.join(directory, "volume"), os.path.join(directory, "disk")
    with open(volume, "wb") as file:
        file.truncate(40 << 20)
    subprocess.run(["mkfs.fat", "-F", "32", "-s", "1", "-h", str(PARTITION_START), volume],
                   check=True, stdout=subprocess.DEVNULL)
    environment = dict(os.environ, MTOOLS_SKIP_CHECK="1", LC_ALL="C.UTF-8")
    tree = os.path.join(directory, "tree")
    samples.write_tree(tree, files)
    names = [os.path.join(tree, name) for name in os.listdir(tree)]
    subprocess.run(["mcopy", "-s", "-i", volume, *names, "::/"], check=True, env=environment)
    data = samples.read(volume)
    mbr = bytearray(PARTITION_START * 512)
    struct.pack_into("<I", mbr, 0x1b8, 0x12345678)
    struct.pack_into("<BxxxBxxxII", mbr, 0x1be, 0x80, 0x0c, PARTITION_START, len(data) // 512)
    mbr[510:512] = b"\x55\xaa"
    with open(disk, "wb") as file:
        file.write(mbr + data)
    return disk


def host_check(context, disk):
    """What the stand-in's reader says about an image."""
    result = subprocess.run([os.path.join(context.tools, "guest", "host-check"), disk],
                            stdout=subprocess.PIPE, check=False)
    text = result.stdout.decode()
    return result.returncode, Report("".join("standin: %s\n" % line for line in text.splitlines()))


@test
def standin_reads_mtools_images(context):
    """Every file that mtools wrote comes back, with its long name."""
    files = {"Boot/BCD": samples.noise(100000, 1), "lower.txt": b"x" * 512, "empty": b"",
             "UPPER.TXT": b"y", "a directory with a long name/Größe 日本.txt": b"z" * 513}
    for i in range(60):
        files["Boot/a rather long name %d.dat" % i] = samples.noise(i * 37, i)
    with tempfile.TemporaryDirectory() as directory:
        status, report = host_check(context, make_disk(directory, files))
    assert status == 0 and not report.failures, report.failures
    for path, data in files.items():
        report.check_file("\\" + path.replace("/", "\\"), data)
    assert len(report.files) == len(files)


@test
def standin_finds_damage(context):
    """Damage of boot sector, FAT and directories is reported, and none of it crashes the reader."""
    files = {"a long name that takes entries.txt": samples.noise(5000, 1), "dir/B": b"b" * 2000}
    with tempfile.TemporaryDirectory() as directory:
        disk = make_disk(directory, files)
        good = samples.read(disk)
        volume = PARTITION_START * 512
        reserved, fats = struct.unpack_from("<HB", good, volume + 14)
        fat_sectors = struct.unpack_from("<I", good, volume + 36)[0]
        fat, root = volume + reserved * 512, volume + (reserved + fats * fat_sectors) * 512

        def write(offset, data):
            with open(disk, "r+b") as file:
                file.seek(offset)
                file.write(data)

        def is_found(offset, data):
            write(offset, data)
            status, report = host_check(context, disk)
            write(offset, good[offset:offset + len(data)])
            assert status in (0, 1), "the reader ended with %d" % status
            return bool(report.failures)

        long_name = good.index(b"a\0 \0l\0o\0n\0", root) - 1
        damages = {
            "MBR signature": (510, b"\0\0"), "jump": (volume, b"\xeb\x58\x00"),
            "hidden sectors": (volume + 28, b"\1"), "backup": (volume + 6 * 512 + 100, b"\xaa"),
            "FSInfo": (volume + 512, b"X"), "FAT's first entry": (fat, b"\0"),
            "chain too long": (fat + 3 * 4, struct.pack("<I", 3)),
            "long name's checksum": (long_name + 13, bytes([good[long_name + 13] ^ 1])),
            "long name's order": (long_name, b"\x05"),
        }
        for name, (offset, data) in damages.items():
            assert is_found(offset, data), "%s was not noticed" % name
        chooser = random.Random(1)
        for _ in range(60):
            is_found(chooser.choice((volume, fat, root)) + chooser.randrange(600),
                     chooser.randbytes(2))


@uefi
def standin_needs_a_loader(context):
    """Started by the firmware itself, without a loader, the UEFI stand-in complains."""
    standin = samples.read(context.build, "guest", "bootmgfw.efi")
    report = context.run("efi", start.usb_stick({context.default_program(): standin, "BCD": b"regf"}))
    assert any(re.search("vendor node", line) for line in report.failures), report.lines
