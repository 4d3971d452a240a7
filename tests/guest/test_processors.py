# SPDX-License-Identifier: BSD-2-Clause
"""Images and boot managers for another processor than the firmware's: the fitting one boots, or the
message says by name what does not fit."""

import os
import subprocess

import samples
import start
from firmware import newer
from harness import ON_REQUEST, PROMPT, Skipped, arm64, test, uefi
from machine import ARM64, X86_64

WIM_ARCHITECTURES = {X86_64: 9, ARM64: 12}  # PROCESSOR_ARCHITECTURE_* in a WIM's XML
NAMES = {X86_64: "x86-64", ARM64: "ARM64"}


def other(architecture):
    """The one that does not fit."""
    return X86_64 if architecture == ARM64 else ARM64


def wim(context, *architectures):
    """A WIM with an image for each of these processors, of which the first is the one to boot."""
    images = []
    for architecture in architectures:
        folder = context.tools if architecture == X86_64 else os.path.join(context.tools, architecture)
        images.append(samples.image_files(folder, 1))
    with samples.temporary_file(b"") as path:
        samples.make_wim(path, images, boot_index=1)
        for index, architecture in enumerate(architectures, 1):
            samples.wimlib("info", path, str(index), "--image-property",
                           "WINDOWS/ARCH=%d" % WIM_ARCHITECTURES[architecture])
        return samples.read(path)


@arm64
@uefi
def processor_fitting_image_boots(context):
    """Two images, and the one that the WIM says to boot is for another processor: the other boots, and a
    script sees which processor it is. Who chose gets a message instead."""
    mine, theirs = context.architecture, other(context.architecture)
    files = {"boot.wim": wim(context, theirs, mine),
             "wimboot.lua": b"print('a script on ' .. boot.arch)\n"}
    report = context.boot("efi", files, wishes=["no-tree"]).check()
    assert "a script on " + mine in report.console
    assert "image 1 of boot.wim is for %s; this firmware starts %s: image 2 boots" % (theirs, mine) \
        in report.console, report.console
    context.refuse("efi", files, "index=1", says=[r"image 1 .* is for " + theirs, r"Image 2 would fit"])


@arm64
@uefi
def processor_without_fitting_image(context):
    """No image is for this processor."""
    theirs = other(context.architecture)
    context.refuse("efi", {"boot.wim": wim(context, theirs)},
                   says=[r"image 1 of boot\.wim is for %s; this firmware starts %s" % (theirs, context.architecture),
                         "None of its images would fit"])


@arm64
@uefi
def processor_manager_does_not_fit(context):
    """A boot manager for another processor, given as a file, is told by name."""
    manager = samples.other_architecture(samples.read(context.build, "guest", "bootmgfw.efi"))
    name = context.manager("efi")
    context.refuse("efi", {name: manager, "BCD": samples.store("winpe-any")}, "rawbcd",
                   says=[r"%s: built for %s .*this firmware starts %s"
                         % (name, NAMES[other(context.architecture)], NAMES[context.architecture])])


def program_that_returns(context):
    """A program for 32-bit UEFI that ends at once."""
    folder = os.path.join(context.build, "guest", context.name)
    os.makedirs(folder, exist_ok=True)
    source, parts, program = (os.path.join(folder, "program." + kind) for kind in ("c", "obj", "efi"))
    with open(source, "w", encoding="ascii") as file:
        file.write("int efi_main(void *image, void *system) { (void)image; (void)system; return 0; }\n")
    subprocess.run(["clang", "--target=i386-pc-windows-msvc", "-c", "-o", parts, source], check=True)
    subprocess.run(["lld-link", "/subsystem:efi_application", "/entry:efi_main", "/nodefaultlib", "/safeseh:no",
                    "/timestamp:0", "/out:" + program, parts], check=True)
    return samples.read(program)


@test
def ia32_starts(context):
    """32-bit UEFI: a script runs, and the boot manager on our disk is started."""
    loader = os.path.join(context.build, "wimboot.ia32")
    if not os.path.exists(loader):
        raise Skipped("no %s: make ARCHES=i386" % loader)
    code, variables = (newer(context.tools, "usr/share/OVMF/OVMF32_%s.fd" % name, "ovmf-ia32")
                       for name in ("CODE_4M.secboot", "VARS_4M"))
    files = {"EFI/BOOT/BOOTIA32.EFI": samples.read(loader), "BCD": samples.store("winpe-any"),
             "bootia32.efi": program_that_returns(context),
             "wimboot.lua": b"boot.check = false\nprint('a script on ' .. boot.arch, 7 / 2)\n"}
    # Such firmware is for the machine of Secure Boot, which these variables leave off.
    with context.machine("efi", start.usb_stick(files), secure_boot=(code, variables)) as guest:
        guest.wait(PROMPT)
        console = guest.console()
    assert "a script on i386" in console and "3.5" in console
    assert "the boot manager returned (EFI_SUCCESS)" in console


ON_REQUEST.add("ia32_starts")
