# SPDX-License-Identifier: BSD-2-Clause
"""Samples of the sizes that Microsoft's files have, for what is measured: size decides what a boot costs."""

import hashlib
import os
import threading

import samples

IMAGES = 2  # Windows PE, and Setup, which boots
BOOT_IMAGE = 2
WINDOWS = ("x86_64", "10.0.19041.1")
FILES = 4000  # of an image, besides those that boot it
BOOTMGR_SIZE, BOOTMGFW_SIZE, SDI_SIZE = 650 << 10, 1536 << 10, 3170304
FONT_SIZES = dict(zip(samples.FONTS, (45000, 85000, 120000, 180000)))
READ_SIZE = 64 << 20  # what is read of the WIM, which is larger


def grown(program, size):
    """A program with bytes that it does not need after its end."""
    return program + samples.text(size - len(program), size)


def programs(build):
    """The boot managers: a dict of the names that the loader looks for."""
    return {"bootmgr.exe": grown(samples.read(build, "guest", "bootmgr.exe"), BOOTMGR_SIZE),
            "bootmgfw.efi": grown(samples.read(build, "guest", "bootmgfw.efi"), BOOTMGFW_SIZE)}


def image_files(build, index):
    """What image `index` has: a dict of path to bytes."""
    boot = "Windows/Boot/"
    managers = programs(build)
    files = {
        boot + "PXE/bootmgr.exe": managers["bootmgr.exe"],
        boot + "EFI/bootmgfw.efi": managers["bootmgfw.efi"],
        boot + "DVD/PCAT/BCD": samples.store("winpe-bios"),
        boot + "DVD/EFI/BCD": samples.store("winpe-efi"),
        "Windows/System32/drivers/noise.sys": samples.noise(READ_SIZE, 1),
        "Windows/System32/winload.exe": samples.text(1500000, 4),
        "Windows/System32/boot/winload.exe": samples.text(1500000, 4),
        "Windows/System32/boot/winload.efi": samples.text(1700000, 5),
        "Windows/System32/config/SYSTEM": samples.text(300000, 6),
    }
    for platform in ("PCAT", "EFI"):
        files[boot + "DVD/%s/boot.sdi" % platform] = samples.sdi(b"a blank partition", SDI_SIZE)
    for name, size in FONT_SIZES.items():
        files[boot + "Fonts/" + name] = b"\0\1\0\0" + samples.text(size - 4, size)
    for number in range(FILES):
        # As in Windows\WinSxS and Windows\System32: long names, some hundred in a directory.
        path = "Windows/System32/%02d/x86_microsoft-windows-sample_%d_%04d.dll" % (number % 40, index, number)
        files[path] = b"%d of image %d " % (number, index) + samples.read(__file__)[:number % 2000]
    return files


def wim(build, compression):
    """The path of the WIM, made when its contents or this file changed."""
    key = hashlib.sha256(samples.read(__file__) + samples.read(samples.__file__))
    for name in ("bootmgr.exe", "bootmgfw.efi"):
        key.update(samples.read(build, "guest", name))
    directory = os.path.join(build, "guest", "samples")
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "real-%s-%s.wim" % (compression.lower(), key.hexdigest()[:16]))
    if not os.path.exists(path):
        temporary = "%s.%d" % (path, threading.get_ident())
        images = [image_files(build, index) for index in range(1, IMAGES + 1)]
        samples.make_wim(temporary, images, compression, BOOT_IMAGE)
        for index in range(1, IMAGES + 1):
            samples.set_windows(temporary, index, *WINDOWS)
        os.replace(temporary, path)
    return path
