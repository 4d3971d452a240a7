# SPDX-License-Identifier: BSD-2-Clause
"""A patched WIM, as the boot manager reads it, is one that wimlib verifies and applies, and that
7-Zip finds nothing wrong with."""

import os
import subprocess
import tempfile

import samples
from harness import arm64, both
from machine import X86_64

PLACE = "\\Sources\\boot.wim"
SHARED_MEMORY = 16 << 20

SCRIPT = """
function on.wim(w)
  w:inject("\\\\Deploy\\\\Größe 日本\\\\Neu.cmd", "echo new\\r\\n")
  w:inject("\\\\windows\\\\SYSTEM32\\\\StartNet.cmd", "wpeinit\\r\\nstart\\r\\n")
  w:inject("\\\\Windows\\\\System32\\\\new-empty.txt", "")
  w:inject("\\\\Deploy\\\\again.sys", w:find("\\\\Windows\\\\System32\\\\drivers\\\\noise.sys"))
  w:remove("\\\\Windows\\\\System32\\\\winload.exe")
  w:remove("\\\\Program Files")
  w:inject("\\\\site.txt", "hq", 1)
end
""".encode()

GIVEN = {"tool.bin": samples.noise(300000, 9), "Windows/Temp/x.cmd": b"echo x\r\n"}


def wanted(build):
    """What each image must hold after SCRIPT, with image 3 the one that boots."""
    images = [samples.image_files(build, index) for index in range(1, samples.IMAGES + 1)]
    images[0]["site.txt"] = b"hq"
    booted = images[2]
    booted["Deploy/Größe 日本/Neu.cmd"] = b"echo new\r\n"
    booted["Windows/System32/startnet.cmd"] = b"wpeinit\r\nstart\r\n"
    booted["Windows/System32/new-empty.txt"] = b""
    booted["Deploy/again.sys"] = booted["Windows/System32/drivers/noise.sys"]
    booted["Windows/System32/tool.bin"] = GIVEN["tool.bin"]
    booted["Windows/Temp/x.cmd"] = GIVEN["Windows/Temp/x.cmd"]
    del booted["Windows/System32/winload.exe"]
    del booted["Program Files/Größe 日本.txt"]
    return images


def applied(path, index):
    """The files of an image, a dict of path to bytes, as wimlib writes them into a directory."""
    with tempfile.TemporaryDirectory() as directory:
        samples.wimlib("apply", path, str(index), directory)
        return {os.path.relpath(os.path.join(place, name), directory): samples.read(place, name)
                for place, _, names in os.walk(directory) for name in names}


def facts(path):
    """What wimlib says of a WIM, a dict."""
    text = subprocess.run(["wimlib-imagex", "info", path], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    lines = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name: value.strip() for name, _, value in lines if value}


def check_wim(data, images, boot_index):
    """A WIM verifies, boots the right image, and holds these images, nothing else."""
    with samples.temporary_file(data) as path:
        samples.wimlib("verify", path, "--nocheck")
        subprocess.run(["7z", "t", path], check=True, stdout=subprocess.DEVNULL)
        found = facts(path)
        assert found["Image Count"] == str(len(images)), found
        assert found["Boot Index"] == str(boot_index), found
        assert found["Part Number"] == "1/1", found
        for index, files in enumerate(images, 1):
            assert applied(path, index) == files, "image %d is not as wanted" % index


# With SSSE3 the loader hashes in another way; QEMU's own processor for x86-64 has none.
PROCESSORS = {(X86_64, "XPRESS"): "Nehalem"}


def define(compression):
    """Patching is tested for each kind of WIM."""

    def patch(context, firmware):
        original = samples.wim(context.build, compression)
        files = {"wimboot.lua": SCRIPT, "boot.wim": original, **GIVEN}
        report = context.boot(firmware, files, "index=3 nolog", shared_memory=SHARED_MEMORY,
                              processor=PROCESSORS.get((context.architecture, compression)), wishes=["export " + PLACE]).check()
        patched = report.exported[0]
        report.check_file(PLACE, patched)
        report.check_file("\\Boot\\Fonts\\wgl4_boot.ttf", samples.font("wgl4_boot.ttf", 3))
        assert patched[208:len(original)] == original[208:], "the original's bytes are not kept"
        noise = samples.noise(200000, 3)
        assert patched.count(noise) == original.count(noise), "contents of the WIM are stored again"
        check_wim(patched, wanted(context.build), 3)

    patch.__name__ = "wim_patched_" + compression.lower()
    both(patch)
    if compression == "LZX":
        arm64(patch)


for kind in ("none", "XPRESS", "LZX", "LZMS", "solid"):
    define(kind)


@both
def wim_split_set(context, firmware):
    """The parts of a split WIM, given in any order, boot as one, with what a script changes."""
    with tempfile.TemporaryDirectory() as directory, \
            samples.temporary_file(samples.wim(context.build)) as whole:
        samples.wimlib("split", whole, os.path.join(directory, "boot.swm"), "0.2")
        parts = {name: samples.read(directory, name) for name in os.listdir(directory)}
    assert len(parts) > 2, "the WIM is too small to be split"
    files = {"wimboot.lua": SCRIPT, **GIVEN}
    files.update((name, parts[name]) for name in sorted(parts, reverse=True))
    report = context.boot(firmware, files, "index=3 nolog", shared_memory=SHARED_MEMORY,
                          wishes=["export " + PLACE]).check()
    assert not [path for path in report.files if path.lower().endswith(".swm")], report.files
    check_wim(report.exported[0], wanted(context.build), 3)


@both
def example_deploy_judged(context, firmware):
    """What scripts/examples/deploy.lua makes: a WIM of one image, which wimlib verifies and 7-Zip accepts, with a
    registry hive that hivex reads and finds the changes in."""
    files = {"boot.wim": samples.wim(context.build),
             "deploy.lua": samples.read(samples.ROOT, "scripts", "examples", "deploy.lua")}
    for name in ("site.reg", "machines.csv", "card.inf"):
        files[name] = samples.read(samples.ROOT, "tests", "script", name)
    report = context.boot(firmware, files, "script=deploy.lua mac=52:54:00:12:34:56", shared_memory=SHARED_MEMORY,
                          wishes=["export " + PLACE, "no-tree"]).check()
    with samples.temporary_file(report.exported[0]) as path:
        samples.wimlib("verify", path)
        subprocess.run(["7z", "t", "-bd", path], check=True, stdout=subprocess.DEVNULL)
        hive = samples.wim_file(path, 1, "/Windows/System32/config/SYSTEM")
        log = samples.wim_file(path, 1, "/Windows/wimboot.log")
        facts = samples.wim_file(path, 1, "/Windows/wimboot.cmd")
        start = samples.wim_file(path, 1, "/Windows/System32/startnet.cmd")
    assert b"image 2 alone" in log and b"] PC-0815 at hq\r\n" in log, log
    assert b'@set "WIMBOOT_INDEX=2"\r\n' in facts and b"call I:\\deploy.cmd PC-0815\r\n" in start, (facts, start)
    with samples.temporary_file(hive) as path:
        for key, value, wanted in (("Setup\\LabConfig", "BypassTPMCheck", "1"),
                                   ("ControlSet001\\Services\\usbhub3", "Start", "4"),
                                   ("ControlSet001\\Services\\disk", "Start", "0"),
                                   ("ControlSet001\\Control\\ComputerName\\ComputerName", "ComputerName", "PC-0815")):
            found = subprocess.run(["hivexget", path, key, value], check=True, stdout=subprocess.PIPE).stdout
            assert found.decode().strip() == wanted, (key, value, found)
