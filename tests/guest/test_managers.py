# SPDX-License-Identifier: BSD-2-Clause
"""Which boot manager is started, from where, and what happens when it comes back."""

import zlib

import samples
from harness import KEY_PROMPT, arm64, test, uefi
from start import direct


def bootmgr(context, compression):
    """bootmgr.exe, long enough for several compressed blocks, inside a bootmgr file."""
    program = samples.read(context.build, "guest", "bootmgr.exe") + samples.text(70000, 7)
    files = {"bootmgr": samples.bootmgr(program, compression), "BCD": samples.store("winpe-any")}
    report = context.boot("bios", files, "rawbcd", wishes=["no-tree"]).check()
    assert report.number(r"raw copy (\d+) .*") == len(program)


@test
def manager_in_bootmgr_lznt1(context):
    """BIOS: bootmgr.exe out of a bootmgr file like Windows 7's."""
    bootmgr(context, "lznt1")


@test
def manager_in_bootmgr_xpress(context):
    """BIOS: bootmgr.exe out of a bootmgr file like Windows 10's."""
    bootmgr(context, "xpress")


@test
def manager_raw_copy(context):
    """BIOS: after the image there is bootmgr.exe as it is in the WIM, byte for byte."""
    files = {"boot.wim": samples.wim(context.build)}
    report = context.boot("bios", files, wishes=["no-tree"]).check()
    program = samples.read(context.build, "guest", "bootmgr.exe")
    assert report.find("raw copy %d %08x" % (len(program), zlib.crc32(program)))


@arm64
@uefi
def manager_ex_or_plain(context):
    """UEFI: the EX boot manager where there is one that starts, else the plain one."""
    files = {"boot.wim": samples.wim(context.build)}
    for index, variant in ((1, "plain"), (2, "EX"), (3, "plain")):
        report = context.boot("efi", files, "index=%d" % index).check()
        assert report.find(r"bootmgfw.efi \(%s\) entered.*" % variant), \
            "image %d did not start the %s one" % (index, variant)
        program = {"plain": "bootmgfw.efi", "EX": "bootmgfw_EX.efi"}[variant]
        report.check_file("\\EFI\\BOOT\\" + context.manager("efi"), samples.read(context.build, "guest", program))


@uefi
def manager_given_wins(context):
    """A boot manager given as a file wins over the WIM's."""
    plain = samples.read(context.build, "guest", "bootmgfw.efi")
    files = {"bootmgfw.efi": plain, "boot.wim": samples.wim(context.build)}
    report = context.boot("efi", files).check()
    assert report.find(r"bootmgfw.efi \(plain\) entered.*"), "the WIM's was started"


@test
def manager_returns_bios(context):
    """BIOS: a boot manager that comes back, after it has overwritten all free memory, is reported;
    a key reboots."""
    files = {"boot.wim": samples.wim(context.build)}
    with context.machine("bios", direct(context.loader, files),
                         wishes=["no-tree", "return 0xc000000f"]) as guest:
        guest.wait(r"standin: returning")
        guest.wait_screen(r"boot manager returned with status 0xC000000F: the\s+WIM")
        guest.press("ret")
        guest.wait()


@uefi
def manager_returns_efi(context):
    """UEFI: the same, with the status by name; a key leaves to the firmware."""
    files = {"boot.wim": samples.wim(context.build)}
    with context.machine("efi", direct(context.loader, files),
                         wishes=["no-tree", "return 0x800000000000000e"]) as guest:
        guest.wait(r"standin: returning[^$]*" + KEY_PROMPT)
        console = guest.console()
        message = console[console.index("standin: returning"):].lower()
        assert "boot manager" in message, message
        assert "(efi_not_found): a partition, a file of the image or an option of the bcd was not found" in message, message
        guest.press("ret")
        guest.wait(r"%s[^$]*(BdsDxe|Shell|UEFI)" % KEY_PROMPT)
