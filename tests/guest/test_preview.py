# SPDX-License-Identifier: BSD-2-Clause
"""wimboot-preview and the loader agree: the same files on the disk with the same bytes, and the same
words when it cannot boot."""

import os
import re
import subprocess
import tempfile

import samples
from harness import both, test
from test_standin import host_check

SCRIPT_MAP = b'map { { "*.wim", "\\\\Deploy\\\\" }, { "*.txt", "\\\\A\\\\", "\\\\B\\\\b.txt" } }\n'
SCRIPT_BCD = b"function on.bcd(s) s['{bootmgr}'].timeout = 9 end\n"
SCRIPT_DISK = (b"function on.disk(d) d:add('\\\\Extra\\\\hi.txt', file.new('hi.txt', 'hi')) "
               b"d:remove('\\\\Sources\\\\boot.sdi') end\n")
SCRIPT_WIM = (b"function on.wim(w) w:inject('\\\\New\\\\Dir\\\\x.txt', 'text') "
              b"w:remove('\\\\Windows\\\\System32\\\\empty.txt') w.boot_index = 1 end\n")


def setups(build):
    """Name, files and command line of what is compared."""
    wim, extra = samples.wim(build), {"extra.txt": b"extra\r\n"}
    return {
        "plain": ({"boot.wim": wim}, ""),
        "index": ({"boot.wim": wim}, "index=3"),
        "xpress": ({"boot.wim": samples.wim(build, "XPRESS"), **extra}, ""),
        "none": ({"boot.wim": samples.wim(build, "none"), **extra}, "index=1"),
        "slim": ({"boot.wim": wim, **extra}, "slim"),
        "rawwim": ({"boot.wim": wim, **extra}, "rawwim"),
        "rawbcd": ({"boot.wim": wim, "BCD": samples.store("winpe-any")}, "rawbcd"),
        "store": ({"boot.wim": wim, "BCD": samples.store("winpe-bios")}, ""),
        "map": ({"boot.wim": wim, "wimboot.lua": SCRIPT_MAP, **extra}, "rawbcd"),
        "script_bcd": ({"boot.wim": wim, "wimboot.lua": SCRIPT_BCD}, ""),
        "script_disk": ({"boot.wim": wim, "wimboot.lua": SCRIPT_DISK}, "rawbcd"),
        "script_wim": ({"boot.wim": wim, "wimboot.lua": SCRIPT_WIM, **extra}, ""),
        "paths": ({"boot.wim": wim, "Windows/Temp/x.cmd": b"echo x\r\n", "Größe.txt": b"1"}, ""),
    }


def preview(context, directory, firmware, files, command_line, *options):
    """Run the preview on the files; returns the finished process."""
    words = []
    for number, (name, data) in enumerate(files.items()):
        path = os.path.join(directory, "given%d" % number)
        with open(path, "wb") as file:
            file.write(data)
        words.append("%s=%s" % (name, path))
    program = os.path.join(context.tools, "host", "wimboot-preview")
    machine = ["--firmware", firmware] + (["--arch", context.architecture] if firmware == "efi" else [])
    return subprocess.run([program, *machine, *options, *words, "--", *command_line.split()],
                          capture_output=True, text=True, timeout=120, check=False)


def disk_of_preview(context, firmware, files, command_line):
    """What the stand-in's disk reader finds on the image that the preview writes."""
    with tempfile.TemporaryDirectory() as directory:
        image = os.path.join(directory, "disk.img")
        result = preview(context, directory, firmware, files, command_line, "--image", image)
        assert result.returncode == 0, result.stderr
        status, report = host_check(context, image)
        assert status == 0 and not report.failures, report.failures
        return report.files


def agree(context, firmware, name):
    """One setup, in the loader and in the preview."""
    files, command_line = setups(context.build)[name]
    command_line += " nolog"  # the log has what only one of them said, and when
    loader = context.boot(firmware, files, command_line).files
    previewed = disk_of_preview(context, firmware, files, command_line)
    assert len(loader) > 10 or name in ("map", "script_disk"), "the stand-in reports too little"
    assert loader == previewed, sorted(set(loader.items()) ^ set(previewed.items()))[:6]


def define(name):
    """Each setup is a test of its own in each firmware."""

    def compare(context, firmware):
        agree(context, firmware, name)

    compare.__name__ = "preview_agrees_" + name
    both(compare)


for setup in ("plain", "index", "xpress", "none", "slim", "rawwim", "rawbcd", "store", "map", "script_bcd", "script_disk",
              "script_wim", "paths"):
    define(setup)


def cut(data, size):
    """The first bytes of something."""
    return data[:size]


def changed(data, offset, value):
    """Something with other bytes in it."""
    return data[:offset] + value + data[offset + len(value):]


def broken_inputs(build):
    """What cannot boot: files and a command line."""
    wim, store = samples.wim(build), samples.store("winpe-bios")
    plain = {"boot.wim": wim}
    return {
        "no manager": ({"BCD": store}, ""),
        "wrong index": (plain, "index=9"),
        "malformed index": (plain, "index=x"),
        "index without a value": (plain, "index="),
        "missing script": (plain, "script=none.lua"),
        "truncated WIM": ({"boot.wim": cut(wim, 300000)}, ""),
        "short WIM": ({"boot.wim": cut(wim, 100)}, ""),
        "WIM header size": ({"boot.wim": changed(wim, 8, b"\x07\0\0\0")}, ""),
        "WIM version": ({"boot.wim": changed(wim, 12, b"\xff\xff\xff\xff")}, ""),
        "WIM chunk size": ({"boot.wim": changed(wim, 0x14, b"\x01\0\0\0")}, ""),
        "WIM lookup table": ({"boot.wim": changed(wim, 0x38, b"\xff" * 8)}, ""),
        "HTML WIM": ({"boot.wim": b"<!DOCTYPE html><html><body>404</body></html>"}, ""),
        "HTML BCD": ({**plain, "BCD": b"<html><body>404</body></html>"}, ""),
        "gzip BCD": ({**plain, "BCD": b"\x1f\x8b\x08\0" + bytes(60)}, ""),
        "truncated BCD": ({**plain, "BCD": cut(store, 9000)}, ""),
        "empty hive": ({**plain, "BCD": changed(store, 0x24, b"\xf8\xff\xff\x7f")}, ""),
        "not a PE": ({**plain, "bootmgr.exe": b"this is not a program" * 10}, ""),
        "64-bit PE": ({**plain, "bootmgr.exe": samples.read(build, "guest", "bootmgfw.efi")}, ""),
        "path of the BCD": ({"boot.wim": wim, "BCD": samples.store("menu")}, ""),
        "script stops": ({**plain, "wimboot.lua": b"error('this site is closed')\n"}, ""),
    }


@test
def preview_refuses_as_the_loader_does(context):
    """Twenty broken inputs give the same error in both."""
    cases = broken_inputs(context.build)
    assert len(cases) >= 20
    for name, (files, command_line) in cases.items():
        console = context.refuse("bios", files, command_line).replace("\r", "")
        with tempfile.TemporaryDirectory() as directory:
            result = preview(context, directory, "bios", files, command_line)
        assert result.returncode == 1, "%s: status %d: %s" % (name, result.returncode, result.stdout)
        reason = re.search(r"would not boot: (.*)", result.stderr)[1]
        assert "error: " + reason in console, "%s: the preview says: %s" % (name, reason)
