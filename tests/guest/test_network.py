# SPDX-License-Identifier: BSD-2-Clause
"""The usual way: iPXE fetches loader and files over HTTP, one script for both firmwares."""

import samples
from harness import both, check_default_map


def setup(context):
    """A LZX WIM of three images, with a store and a boot.sdi given beside it."""
    return {"BCD": samples.store("winpe-any"), "boot.sdi": samples.sdi(b"given"),
            "boot.wim": samples.wim(context.build)}


def shown(files, index, firmware):
    """What must be on the disk: what was given, and what was taken from image `index`."""
    result = {name: samples.font(name, index) for name in samples.FONTS}
    if firmware == "efi":
        result["boot.stl"] = b"revocations of image %d" % index
    return result | files


OTHERS = {"bios": ("bootmgr.exe",), "efi": ("bootx64.efi", "bootmgfw.efi", "bootmgfw_ex.efi")}


@both
def network_named(context, firmware):
    """`initrd --name NAME URL NAME`: every file comes back byte for byte."""
    files = setup(context)
    report = context.network(firmware, files)
    check_default_map(report, shown(files, samples.BOOT_IMAGE, firmware), OTHERS[firmware])


@both
def network_bare(context, firmware):
    """`initrd URL` alone: in BIOS the files come without names and are told by their content."""
    files = setup(context) | {"boot.lua": b"print('script in ' .. boot.firmware)\n"}
    report = context.network(firmware, files, "script=boot.lua", named=False)
    files.pop("boot.lua")
    report.check()
    for directory in ("\\", "\\Boot\\", "\\Sources\\", "\\EFI\\Microsoft\\Boot\\"):
        for name, data in files.items():
            report.check_file(directory + name, data)
    assert "script in " + firmware in report.console
