# SPDX-License-Identifier: BSD-2-Clause
"""The words of the command line."""

import subprocess

import samples
from harness import both, test
from start import direct


def utf16(text):
    """As stores have it."""
    return text.encode("utf-16-le")


@both
def option_index(context, firmware):
    """index=3 boots image 3 of an uncompressed WIM."""
    files = {"boot.wim": samples.wim(context.build, "none")}
    report = context.boot(firmware, files, "index=3").check()
    report.check_file("\\Boot\\wgl4_boot.ttf", samples.font("wgl4_boot.ttf", 3))


@both
def option_rawbcd(context, firmware):
    """The store is fitted to the firmware, but not with rawbcd."""
    files = {"BCD": samples.store("winpe-bios"), "boot.wim": samples.wim(context.build)}
    export = {"shared_memory": 1 << 20, "wishes": ["export \\EFI\\Microsoft\\Boot\\BCD", "no-tree"]}
    raw = context.boot(firmware, files, "rawbcd", **export).check().exported[0]
    assert raw == files["BCD"]
    fitted = context.boot(firmware, files, **export).check().exported[0]
    names = [name for name in ("winload.exe", "winload.efi") if utf16(name) in fitted]
    assert names == ["winload.efi" if firmware == "efi" else "winload.exe"], names


@both
def option_gui(context, firmware):
    """With gui the boot manager sees the graphics modes."""
    files = {"boot.wim": samples.wim(context.build)}
    context.boot(firmware, files, "gui", wishes=["gui", "no-tree"]).check()


@both
def option_quiet(context, firmware):
    """With quiet there is nothing but the boot manager."""
    files = {"boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files, "quiet", wishes=["no-tree"]).check()
    before = report.console[:report.console.index("standin:")]
    assert "wimboot" not in before and "boot.wim" not in before, before


@test
def option_noscreen_noserial(context):
    """BIOS: a line is on the screen and on the serial port, or on one of them. A BIOS that mirrors its screen
    shows it twice on the port without one of the words."""
    files = {"boot.wim": samples.wim(context.build)}
    line = "booting image 2 of 3"

    def run(words, mirrored):
        def arguments(machine):
            return (direct(context.loader, files, words + " pause")(machine)
                    + (["-machine", "graphics=off"] if mirrored else []))
        with context.machine("bios", arguments, wishes=["no-tree"]) as guest:
            if words == "noserial":
                guest.wait_screen("Press any key to start")
            else:
                guest.wait("Press any key to start")
            return guest.screen().count(line), guest.console().count(line)

    for words, mirrored, shown in (("", False, (1, 1)), ("noserial", False, (1, 0)), ("noscreen", False, (0, 1)),
                                   ("", True, (1, 2)), ("noserial", True, (1, 1)), ("noscreen", True, (0, 1))):
        found = run(words, mirrored)
        assert found == shown, (words, mirrored, found)


@both
def option_pause(context, firmware):
    """With pause a key starts the boot manager, not before."""
    files = {"boot.wim": samples.wim(context.build)}
    with context.machine(firmware, direct(context.loader, files, "pause"),
                         wishes=["no-tree"]) as guest:
        guest.wait(r"Press any key to start")
        assert "standin:" not in guest.console()
        guest.press("ret")
        guest.wait(r"standin: done, 0 failures")


@both
def option_rawwim(context, firmware):
    """Files that are not boot files go into the image, where wimlib finds them; not with rawwim."""
    files = {"unattend.xml": b"<unattend/>", "tool.bin": samples.noise(100000, 5),
             "boot.wim": samples.wim(context.build)}
    export = {"shared_memory": 16 << 20, "wishes": ["export \\Sources\\boot.wim", "no-tree"]}
    assert context.boot(firmware, files, "rawwim", **export).check().exported[0] == files["boot.wim"]
    patched = context.boot(firmware, files, **export).check().exported[0]
    with samples.temporary_file(patched) as path:
        for name in ("unattend.xml", "tool.bin"):
            data = samples.wim_file(path, samples.BOOT_IMAGE, "/Windows/System32/" + name)
            assert data == files[name], name + " is not in the image as given"
        data = samples.wim_file(path, samples.BOOT_IMAGE, "/Windows/System32/image2.txt")
        assert data == b"This is image 2.\r\n", "the image's own files are lost"


@both
def option_slim(context, firmware):
    """With slim the disk's WIM has the image that boots alone: wimlib finds it whole, and 7-Zip has nothing to
    complain of."""
    files = {"unattend.xml": b"<unattend/>", "boot.wim": samples.wim(context.build)}
    export = {"shared_memory": 16 << 20, "wishes": ["export \\Sources\\boot.wim", "no-tree"]}
    report = context.boot(firmware, files, "slim index=3", **export).check()
    assert "image 3 alone" in report.console
    slim = report.exported[0]
    assert len(slim) < len(files["boot.wim"]) - 100000, (len(slim), len(files["boot.wim"]))
    with samples.temporary_file(slim) as path:
        data = samples.wim_file(path, 1, "/Windows/System32/unattend.xml")
        assert data == files["unattend.xml"], "unattend.xml is not in the image as given"
        data = samples.wim_file(path, 1, "/Windows/System32/image3.txt")
        assert data == b"This is image 3.\r\n", "the image's own files are lost"
        samples.wimlib("verify", path)
        subprocess.run(["7z", "t", "-bd", path], check=True, stdout=subprocess.DEVNULL)


@both
def option_nolog(context, firmware):
    """The image has what the loader said up to the hand-over, and the facts, also if nothing else changes it; not
    with nolog."""
    files = {"boot.wim": samples.wim(context.build)}
    export = {"shared_memory": 16 << 20, "memory": 768, "wishes": ["export \\Sources\\boot.wim", "no-tree"]}
    wim = context.boot(firmware, files, "site=hq", **export).check().exported[0]
    with samples.temporary_file(wim) as path:
        samples.wimlib("verify", path)
        log = samples.wim_file(path, samples.BOOT_IMAGE, "/Windows/wimboot.log")
        for said in (b"] wimboot ", b"] command line: site=hq", b": booting image ", b"] boot manager: "):
            assert said in log, log
        facts = samples.wim_file(path, samples.BOOT_IMAGE, "/Windows/wimboot.cmd")
        for line in ("SITE=hq", "FIRMWARE=" + firmware, "INDEX=%d" % samples.BOOT_IMAGE):
            assert ('@set "WIMBOOT_%s"\r\n' % line).encode() in facts, facts
    without = context.boot(firmware, files, "site=hq nolog", **export).check().exported[0]
    assert without == files["boot.wim"]


@test
def option_linear(context):
    """With linear the files stay below 4 GiB, however much memory there is."""
    files = {"boot.wim": samples.wim(context.build)}
    report = context.boot("bios", files, "linear", memory=5120,
                          wishes=["no-tree", "no-overwrite"]).check()
    sizes = region_sizes(report)
    assert any(size >= len(files["boot.wim"]) for size in sizes), "the files are not reported"


def region_sizes(report):
    """Bytes of each memory region that the loader reported above 1 MiB."""
    result = []
    for line in report.lines:
        if line.startswith("region ") and "-" in line:
            begin, end = (int(word, 16) for word in line.split()[1].split("-"))
            if begin >= 1 << 20:
                result.append(end - begin)
    return result
