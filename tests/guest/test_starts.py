# SPDX-License-Identifier: BSD-2-Clause
"""Other boot loaders than iPXE."""

import hashlib

import samples
import start
from harness import arm64, check_default_map, test, uefi
from test_network import OTHERS, setup, shown


def check_start(context, firmware, arguments, files):
    """Start a guest this way; `files` must be on the disk, and what the image gives."""
    report = context.run(firmware, arguments)
    check_default_map(report, shown(files, samples.BOOT_IMAGE, firmware), OTHERS[firmware])


@test
def start_grub(context):
    """GRUB in BIOS, whose archives have names without an end."""
    files = setup(context)
    check_start(context, "bios", start.grub(context.loader, files), files)


@arm64
@uefi
def start_usb_stick(context):
    """A USB stick in UEFI: the loader as default boot file, the files in the root."""
    files = setup(context)
    stick = files | {context.default_program(): samples.read(context.loader)}
    check_start(context, "efi", start.usb_stick(stick), files)


@test
def start_syslinux(context):
    """Syslinux's module linux.c32, whose archive has the names."""
    files = setup(context)
    check_start(context, "bios", start.syslinux(context.loader, files, "index=2"), files)


@test
def start_syslinux_bare(context):
    """Syslinux itself gives files without names; they are told by their content."""
    files = setup(context)
    check_start(context, "bios", start.syslinux(context.loader, files, named=False), files)


@test
def start_systemd_boot(context):
    """systemd-boot, which offers an archive as initrd."""
    files = setup(context)
    check_start(context, "efi", start.systemd_boot(context.loader, files, "index=2"), files)


@test
def start_systemd_boot_bare(context):
    """systemd-boot puts the bare files one after the other; they are recognised by their contents."""
    files = setup(context)
    check_start(context, "efi", start.systemd_boot(context.loader, files, named=False), files)


@uefi
def start_usb_stick_verified(context):
    """The same with a script that verifies the WIM: what it has seen boots, checked block by block."""
    files = setup(context)
    digest = hashlib.sha256(files["boot.wim"]).hexdigest()
    script = 'verify { ["boot.wim"] = "sha256:%s" }\nprint("verified " .. "it")\n' % digest
    stick = files | {context.default_program(): samples.read(context.loader), "wimboot.lua": script.encode()}
    report = context.run("efi", start.usb_stick(stick))
    assert "verified it" in report.console
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "efi"), OTHERS["efi"])
