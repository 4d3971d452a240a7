# SPDX-License-Identifier: BSD-2-Clause
"""Booting from a disc: an ISO that was given, alone or with other files."""

import os
import subprocess
import sys
import tempfile

import samples
from harness import both, test

UDF_IMAGE = os.path.join(samples.ROOT, "tests", "container", "udf_image.py")


def udf_image(files, *options):
    """A UDF image of these files with what genisoimage does not make, such as files in several extents."""
    with tempfile.TemporaryDirectory() as directory:
        tree, image = os.path.join(directory, "tree"), os.path.join(directory, "image")
        samples.write_tree(tree, files)
        subprocess.run([sys.executable, UDF_IMAGE, image, tree, *options], check=True)
        return samples.read(image)


def check(report, firmware, files, name):
    """What the disc has is on the virtual disk, byte for byte, and the disc itself is not."""
    report.check()
    store = files["boot/bcd" if firmware == "bios" else "efi/microsoft/boot/bcd"]
    report.check_file("\\Sources\\boot.wim", files["sources/boot.wim"])
    report.check_file("\\Boot\\boot.sdi", files["boot/boot.sdi"])
    report.check_file("\\Boot\\Fonts\\jpn_boot.ttf", files["boot/fonts/jpn_boot.ttf"])
    report.check_file("\\Boot\\BCD" if firmware == "bios" else "\\EFI\\Microsoft\\Boot\\BCD", store)
    assert "from %s:" % name in report.console, report.console
    assert not [path for path in report.files if path.lower().endswith((".iso", "install.wim"))], report.files


@both
def disc_alone(context, firmware):
    """iPXE, `initrd http://server/win.iso` without a name, and nothing else. In BIOS it is named after its
    contents."""
    files = samples.windows_iso_files(context.build)
    report = context.network(firmware, {"win.iso": samples.iso(files)}, named=False)
    check(report, firmware, files, "boot.iso" if firmware == "bios" else "win.iso")


@both
def disc_in_pieces(context, firmware):
    """A disc with a metadata partition whose files are in several extents, in reverse order."""
    files = samples.windows_iso_files(context.build)
    image = udf_image(files, "--pieces", "5", "--metadata", "--revision", "250")
    check(context.boot(firmware, {"win.iso": image}), firmware, files, "win.iso")


@both
def disc_and_given(context, firmware):
    """What is given takes precedence, a startnet.cmd is injected, and a script looks into the disc."""
    files = samples.windows_iso_files(context.build)
    given = samples.sdi(b"given")
    script = b"""
for name, f in iso.open(files["win.iso"]):list("sources") do
    print(name .. " has " .. f.size)
end
"""
    report = context.boot(firmware, {"win.iso": samples.iso(files, "-iso-level", "3"), "boot.sdi": given,
                                     "startnet.cmd": b"echo\r\n", "wimboot.lua": script})
    report.check()
    report.check_file("\\Boot\\boot.sdi", given)
    assert "boot.wim image 2: injected startnet.cmd" in report.console
    assert "INSTALL.WIM has %d" % len(files["sources/install.wim"]) in report.console.upper().replace(" HAS ", " has ")


@test
def disc_cut_short(context):
    """A disc that was cut short on the way: the message has the sector."""
    image = samples.iso(samples.windows_iso_files(context.build))
    context.refuse("efi", {"win.iso": image[:len(image) // 4]}, says=[r"win\.iso: sector \d+: .*cut short"])
