# SPDX-License-Identifier: BSD-2-Clause
"""The virtual disk and the memory around it."""

import random

import samples
from harness import both, check_default_map, test
from start import direct
from test_network import OTHERS
from test_options import region_sizes

ALPHABETS = ("abcdefghijklmnopqrstuvwxyz0123456789 ._-", "äöüßéèçñåøæœ", "абвгдежзиклмнопрст",
             "日本語漢字仮名交文章", "αβγδεζηθικλμ", "😀𝄞𠮷")


def long_name(number):
    """A name of up to 255 UTF-16 units, another one for each number."""
    chooser = random.Random(number)
    name, units = "%04d " % number, chooser.choice((12, 13, 30, 63, 120, 255))
    while True:
        character = chooser.choice(chooser.choice(ALPHABETS))
        width = len(character.encode("utf-16-le")) // 2
        if len(name.encode("utf-16-le")) // 2 + width > units - 4:
            return name.rstrip(" .") + ".bin"
        name += character


@both
def disk_many_files(context, firmware):
    """1,000 files with long names, most of them not ASCII."""
    files = {long_name(i): samples.noise(i % 700 + 1, i) for i in range(1000)}
    manager = context.manager(firmware)
    program = {"bios": "bootmgr.exe", "efi": "bootmgfw.efi"}[firmware]
    files[manager] = samples.read(context.build, "guest", program)
    files["BCD"] = samples.store("winpe-any")
    report = context.boot(firmware, files, "rawbcd", memory=384)
    check_default_map(report, files, OTHERS[firmware])


@test
def disk_files_above_4g(context):
    """BIOS with 6 GB: the files go above 4 GiB; below stay bootmgr.exe, the directories and the
    192 KiB of the loader."""
    files = {"boot.wim": samples.wim(context.build, "none"), "large.bin": samples.noise(12 << 20, 1)}
    report = context.boot("bios", files, "rawbcd rawwim", memory=6144).check()
    assert report.number(r"low memory (\d+) KiB") == 192
    sizes = region_sizes(report)
    assert sum(sizes) < 1 << 20, "more than bootmgr.exe and the directories: %s" % sizes
    for name, data in files.items():
        report.check_file("\\Boot\\" + name, data)


@test
def disk_files_below_2g(context):
    """BIOS with 512 MB: the files are in one reported region below 2 GiB."""
    files = {"boot.wim": samples.wim(context.build, "none")}
    report = context.boot("bios", files, "nolog", memory=512).check()
    assert report.number(r"low memory (\d+) KiB") <= 192
    report.check_file("\\Sources\\boot.wim", files["boot.wim"])


@test
def disk_beside_a_real_one(context):
    """BIOS with a real disk: ours comes after it, and both are read."""
    def arguments(machine):
        disk = bytearray(1 << 20)
        disk[0x1b8:0x1bc] = bytes.fromhex("44332211")
        disk[510:512] = b"\x55\xaa"
        machine.write("real", disk)
        return (direct(context.loader, {"boot.wim": samples.wim(context.build)})(machine)
                + ["-drive", "format=raw,if=ide,file=" + machine.path("real")])
    report = context.run("bios", arguments).check()
    assert report.find(r"drive 80 of 2048 sectors, signature 11223344, one of 2"), report.lines
    assert report.find(r"drive 81 of .*"), report.lines


@test
def disk_read_from_a_timer(context):
    """UEFI: somebody else's timer reads the disk while the boot manager reads compressed files."""
    report = context.boot("efi", {"boot.wim": samples.wim(context.build)}, wishes=["timer"]).check()
    assert report.number(r".*the timer's (\d+) reads.*") > 10
    for name in samples.FONTS:
        report.check_file("\\Boot\\Fonts\\" + name, samples.font(name, samples.BOOT_IMAGE))
