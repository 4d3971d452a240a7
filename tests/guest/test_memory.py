# SPDX-License-Identifier: BSD-2-Clause
"""Little memory: what fits boots, what does not is refused with the figures. Windows would need more, for its RAM disk:
that is the verdict's (test_verdict.py), which most of these turn off."""

import samples
from harness import both, pc, test
from start import direct

MIB = 1 << 20
QUICK = ["no-tree"]


def files_of_size(context, size):
    """A boot.wim and one more file for the image, together of this size as an archive."""
    files = {"boot.wim": samples.wim(context.build)}
    files["more.bin"] = samples.noise(size - len(files["boot.wim"]) - 4096, 1)
    return files


def little_low_memory(context, files, low):
    """A way to start with so many MB of memory below 4 GB, and the rest above."""
    def arguments(machine):
        return (direct(context.loader, files, "noverdict")(machine)
                + ["-machine", "max-ram-below-4g=%dM" % low])
    return arguments


@test
def memory_border(context):
    """BIOS with 32 MB: 27.5 MB of files boot; 27.8 reach into bootmgr.exe's place, and the message
    says what takes how much."""
    context.boot("bios", files_of_size(context, 26 * MIB), "noverdict", memory=32).check()
    context.boot("bios", files_of_size(context, 55 * MIB // 2), "noverdict", memory=32, wishes=QUICK).check()
    context.refuse("bios", files_of_size(context, 278 * MIB // 10), memory=32,
                   says=[r"out of memory: bootmgr\.exe needs the \d+ KB from 0x400000 on, which are not free",
                         r"of 33\.0 MB of memory the files take 29\.\d MB, the loader 196\.6 kB, and \d\.\d MB are left",
                         r"give the machine more, or fewer or smaller files"])


@test
def memory_border_below_4g(context):
    """The same with memory above 4 GB: the files, which fill what is below, go there at last."""
    files = files_of_size(context, 26 * MIB)
    report = context.run("bios", little_low_memory(context, files, 32), memory=256, wishes=QUICK).check()
    assert "above 4 GB" in report.console


@test
def memory_border_ipxe(context):
    """The same by iPXE, which needs some of it itself while it fetches: 25 MB of 32."""
    context.network("bios", files_of_size(context, 25 * MIB), "noverdict", memory=32, wishes=QUICK).check()


@test
def memory_real_size(context):
    """BIOS with 1 GB: a WIM of 600 MB, whose tables are at its end."""
    image = samples.image_files(context.build, 1) | {"Windows/large.bin": bytes(600 * MIB)}
    with samples.temporary_file(b"") as path:
        samples.make_wim(path, [image], "none", 1)
        files = {"boot.wim": samples.read(path)}
    assert len(files["boot.wim"]) > 600 * MIB
    report = context.boot("bios", files, "noverdict", memory=1024, wishes=QUICK).check()
    assert report.find(r"store \\Boot\\BCD of .*")


@test
def memory_second_copy(context):
    """UEFI with 64 MB, most of which is the firmware's: no room for a second copy of the initrd."""
    context.refuse("efi", files_of_size(context, 12 * MIB), memory=64,
                   says=[r"out of memory: a copy of the initrd, 125\d\d\d\d\d bytes, which the boot loader has",
                         r"of \d\d\.\d MB of memory the files take .*the loader \d\.\d MB, and \d+\.\d MB are left",
                         r"give the machine more, or fewer or smaller files"])


@pc
def memory_no_files(context, firmware):
    """No files in a small machine: that may be the reason."""
    says = r"no files were given.*This machine has \d+\.\d MB of memory: the boot loader may have had no room"
    context.refuse(firmware, {}, memory=64, says=[says])
    console = context.refuse(firmware, {}, memory=1024, says=[r"no files were given"])
    assert "no room for them" not in console
