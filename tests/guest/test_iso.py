# SPDX-License-Identifier: BSD-2-Clause
"""`make boot`: an ISO in the layout of Microsoft's."""

import os
import subprocess
import tempfile

import boot_iso
import samples
from harness import test
from report import Report


def tree(context):
    """What a Windows ISO has of boot files."""
    program = samples.read(context.build, "guest", "bootmgr.exe")
    return {"bootmgr": samples.bootmgr(program, "xpress"), "boot/bcd": samples.store("winpe-bios"),
            "boot/boot.sdi": samples.sdi(b"of an ISO"), "sources/boot.wim": samples.wim(context.build),
            "sources/install.wim": b"not read", "setup.exe": b"not read",
            "efi/boot/bootx64.efi": samples.read(context.build, "guest", "bootmgfw.efi"),
            "efi/microsoft/boot/bcd": samples.store("winpe-efi")}


def boot(context, make, firmware):
    """Make an ISO, boot it with a script, look at what the stand-in saw."""
    with tempfile.TemporaryDirectory() as directory:
        samples.write_tree(os.path.join(directory, "tree"), tree(context))
        script, iso = os.path.join(directory, "my.lua"), os.path.join(directory, "windows.iso")
        with open(script, "w", encoding="ascii") as file:
            file.write("print('script of the ISO')\n")
        subprocess.run(make + ["-o", iso, os.path.join(directory, "tree")], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        context.console = boot_iso.boot(context.build, iso, firmware, script, memory=256)
    report = Report(context.console).check()
    assert "script of the ISO" in context.console
    report.check_file("\\Boot\\boot.sdi", samples.sdi(b"of an ISO"))


@test
def iso_9660(context):
    """An ISO 9660 image by xorriso, in BIOS."""
    boot(context, ["xorriso", "-as", "mkisofs", "-R"], "bios")


@test
def iso_udf(context):
    """A UDF image whose ISO 9660 part is empty, as Microsoft makes them, in UEFI."""
    boot(context, ["genisoimage", "-udf", "-hide", "*"], "efi")
