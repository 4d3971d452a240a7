# SPDX-License-Identifier: BSD-2-Clause
"""The verdict: what will fail after the hand-over is said before it, by the loader and by the preview alike."""

import os
import re
import subprocess
import tempfile

import samples
from harness import both, pc, test

QUICK = ["no-tree"]
MIB = 1 << 20
NEWEST, OLDER, EIGHT, SEVEN = "10.0.26100.1", "10.0.19041.1", "6.2.9200.16384", "6.1.7601.17514"


def findings(console):
    """What was warned of, and what ended the boot, without the processor's name for itself."""
    lines = re.findall(r"^(?:warning|error): (.*)$", console, re.MULTILINE)
    return [re.sub(r"this processor \(.*\) does", "this processor does", line) for line in lines]


def preview(context, firmware, files, command_line, *options):
    """What the preview finds."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        tool = os.path.abspath(os.path.join(context.tools, "host", "wimboot-preview"))
        arch = ["--arch", context.architecture] if firmware == "efi" else []
        command = [tool, "--firmware", firmware, *arch, *options, *files, "--", *command_line.split()]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert result.returncode in (0, 1), result.stderr
        return findings(result.stdout)


ENOUGH = 512  # memory for Windows PE


def compare(context, firmware, processor, model, files, *says):
    """A guest and the preview both say this; a boot that certainly fails ends. `processor` is QEMU's, `model` the
    preview's."""
    is_fatal = any("does not have" in text for text in says)
    if is_fatal:
        console = context.refuse(firmware, files, processor=processor, memory=ENOUGH)
    else:
        console = context.boot(firmware, files, processor=processor, memory=ENOUGH, wishes=QUICK).check().console
    found = findings(console)
    assert len(found) == len(says), (processor, found)
    for line, text in zip(found, says):
        assert text in line, (processor, line)
    assert preview(context, firmware, files, "", "--cpu", model) == found, processor


@pc
def verdict_newest_windows(context, firmware):
    """Windows 11 24H2 on QEMU's own processor, which has neither SSE4.2 nor POPCNT; with either; with both; and all
    the same."""
    files = {"boot.wim": samples.windows_wim(context.build, ("x86_64", NEWEST))}
    reset = "Windows would restart the machine without a message"
    needs = "image 1 of boot.wim (Windows 10.0.26100.1) needs %s, which this processor does not have: " + reset
    compare(context, firmware, "qemu64", "qemu64", files, needs % "SSE4.2, POPCNT")
    compare(context, firmware, "qemu64,+popcnt", "qemu64,+popcnt", files, needs % "SSE4.2")
    compare(context, firmware, "qemu64,+sse4.2", "qemu64,+sse4.2", files, needs % "POPCNT")
    compare(context, firmware, "qemu64,+sse4.2,+popcnt", "qemu64,+sse4_2,+popcnt", files)
    report = context.boot(firmware, files, "noverdict", wishes=QUICK).check()
    assert "SSE4.2" not in report.console


@pc
def verdict_features(context, firmware):
    """64-bit Windows 10 without one feature after the other."""
    files = {"boot.wim": samples.windows_wim(context.build, ("x86_64", OLDER))}
    reason = "if Windows restarts, or stops with UNSUPPORTED_PROCESSOR, this is why"
    compare(context, firmware, "qemu64", "qemu64", files)
    compare(context, firmware, "qemu64,-cx16", "qemu64,-cx16", files,
            "needs CMPXCHG16B, which this processor does not have: Windows would stop with UNSUPPORTED_PROCESSOR")
    compare(context, firmware, "qemu64,-nx", "qemu64,-nx", files,
            "needs NX, which this processor does not report: %s. NX (XD, no-execute) can be off in the firmware's "
            "setup" % reason)
    # A hypervisor may hide these, and they are there.
    compare(context, firmware, "qemu64,-lahf-lm", "qemu64", files)
    compare(context, firmware, "qemu64,-hypervisor", "qemu64,-prefetchw", files,
            "needs PREFETCHW, which this processor does not report: " + reason)
    compare(context, firmware, "qemu64,-hypervisor,vendor=GenuineIntel,-lahf-lm", "qemu64,-lahf_lm", files,
            "needs LAHF/SAHF, which this processor does not report: " + reason)


@test
def verdict_old_processors(context):
    """BIOS on processors without 64-bit mode, and without PAE."""
    files = {"boot.wim": samples.windows_wim(context.build, ("x86_64", SEVEN))}
    compare(context, "bios", "qemu32", "qemu32", files,
            "image 1 of boot.wim (Windows 6.1.7601.17514) needs 64-bit mode, which this processor does not have: the "
            "boot manager would end with 0xc000035a")
    files = {"boot.wim": samples.windows_wim(context.build, ("i386", EIGHT))}
    compare(context, "bios", "coreduo", "coreduo", files)
    compare(context, "bios", "coreduo,-nx", "coreduo,-nx", files, "needs NX, which this processor does not report")
    compare(context, "bios", "coreduo,-pae", "coreduo,-pae", files, "needs PAE, which this processor does not have")


@pc
def verdict_fitting_image(context, firmware):
    """Another image of the WIM runs on this processor; a script can choose it."""
    files = {"boot.wim": samples.windows_wim(context.build, ("x86_64", NEWEST), ("x86_64", OLDER))}
    compare(context, firmware, "qemu64", "qemu64", files, "does not have: Windows would restart the machine without a "
            "message. Image 2 would run: boot.index = 2")
    files["wimboot.lua"] = b"if not boot.processor.popcnt then boot.index = 2 end print(boot:dump())"
    report = context.boot(firmware, files, wishes=QUICK).check()
    assert "booting image 2 of 2" in report.console
    assert "+cx16,+lahf_lm,+prefetchw\"" in report.console, report.console


@pc
def verdict_memory(context, firmware):
    """A WIM of 32 MB whose RAM disk does not fit, fits with too little beside it for Windows PE, and leaves enough."""
    large = {"Windows/large.bin": samples.noise(30 * MIB, 1)}
    files = {"boot.wim": samples.windows_wim(context.build, ("x86_64", OLDER), more=large)}
    disk = r"the RAM disk takes 33\.\d MB \(boot\.wim 33\.\d MB, boot\.sdi 65\.5 kB\)"
    too_little = (r"error: %s in addition to the files themselves, and of \d+\.\d MB of memory \d+\.\d MB are free: "
                  r"the boot manager would end with 0xc0000017\. Give the machine more memory, or a smaller WIM\. "
                  r"To try it all the same: noverdict" % disk)
    least = {"bios": 64, "efi": 128}[firmware]
    context.refuse(firmware, files, says=[too_little], memory=least)
    report = context.boot(firmware, files, memory=least + 64, wishes=QUICK).check()
    assert re.search(r"warning: %s, which leaves Windows PE \d+\.\d MB of \d+\.\d MB; it needs about 256\.0 MB" % disk,
                     report.console), report.console
    report = context.boot(firmware, files, memory=512, wishes=QUICK).check()
    assert findings(report.console) == []


@pc
def verdict_memory_slim(context, firmware):
    """The same for an image of which there is nothing but another large one: it alone would fit, and does."""
    with samples.temporary_file(b"") as path:
        small = samples.image_files(context.build, 1)
        samples.make_wim(path, [small, small | {"Windows/large.bin": samples.noise(30 * MIB, 1)}], "none", 1)
        files = {"boot.wim": samples.read(path)}
    least = {"bios": 64, "efi": 136}[firmware]
    context.refuse(firmware, files, memory=least,
                   says=[r"0xc0000017\. Write slim on the command line: image 1 alone takes 2\.\d MB"])
    console = context.boot(firmware, files, "slim", memory=least, wishes=QUICK).console
    assert "image 1 alone: 2." in console and findings(console) == [] and "standin: done" in console, console


@both
def verdict_entry(context, firmware):
    """An entry that boots a WIM as if it were an installed Windows; a script hears of it."""
    script = b"function on.bcd(s) s['{default}'].winpe = false end"
    files = {"boot.wim": samples.windows_wim(context.build, (context.architecture, OLDER)), "wimboot.lua": script}
    report = context.boot(firmware, files, memory=512, wishes=QUICK).check()
    line, = findings(report.console)
    assert re.search(r"^BCD: entry \".*\" boots a WIM, but not as Windows PE, .*\.winpe = true end$", line), line
    assert preview(context, firmware, files, "script=wimboot.lua") == [line]
    files["wimboot.lua"] += b" function on.verdict(f) print('heard: ' .. f[1].about) return false end"
    report = context.boot(firmware, files, memory=512, wishes=QUICK).check()
    assert "heard: entry" in report.console and findings(report.console) == []
