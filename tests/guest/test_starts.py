"""Other boot loaders than iPXE."""

import samples
import start
from harness import check_default_map, test
from test_network import OTHERS, setup, shown


@test
def start_grub(context):
    """GRUB in BIOS, whose archives have names without an end."""
    files = setup(context)
    report = context.run("bios", start.grub(context.loader, files))
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "bios"), OTHERS["bios"])


@test
def start_usb_stick(context):
    """A USB stick in UEFI: the loader as default boot file, the files in the root."""
    files = setup(context)
    stick = files | {start.DEFAULT_PROGRAM: samples.read(context.loader)}
    report = context.run("efi", start.usb_stick(stick))
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "efi"), OTHERS["efi"])


@test
def start_syslinux(context):
    """Syslinux's module linux.c32, whose archive has the names."""
    files = setup(context)
    report = context.run("bios", start.syslinux(context.loader, files, "index=2"))
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "bios"), OTHERS["bios"])


@test
def start_syslinux_bare(context):
    """Syslinux itself gives files without names; they are told by their content."""
    files = setup(context)
    report = context.run("bios", start.syslinux(context.loader, files, named=False))
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "bios"), OTHERS["bios"])


@test
def start_systemd_boot(context):
    """systemd-boot, which offers an archive as initrd."""
    files = setup(context)
    report = context.run("efi", start.systemd_boot(context.loader, files, "index=2"))
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "efi"), OTHERS["efi"])


@test
def start_systemd_boot_bare(context):
    """systemd-boot puts the bare files one behind the other; they are told by their content."""
    files = setup(context)
    report = context.run("efi", start.systemd_boot(context.loader, files, named=False))
    check_default_map(report, shown(files, samples.BOOT_IMAGE, "efi"), OTHERS["efi"])
