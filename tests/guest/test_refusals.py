# SPDX-License-Identifier: BSD-2-Clause
"""Bad inputs: each is told clearly, and nothing crashes or hangs."""

import re

import cpio
import samples
from harness import arm64, both


@both
def refuse_no_files(context, firmware):
    """Nothing at all."""
    context.refuse(firmware, {}, says=[r"no files|no .*file"])


@arm64
@both
def refuse_no_manager(context, firmware):
    """No boot manager anywhere: every place that was searched is listed."""
    images = [{"Windows/System32/image.txt": b"nothing to boot"}]
    with samples.temporary_file(b"") as path:
        samples.make_wim(path, images, "LZX", 1)
        files = {"BCD": samples.store("winpe-any"), "boot.wim": samples.read(path)}
    place = {"bios": r"\\Windows\\Boot\\PXE\\bootmgr\.exe",
             "efi": r"\\Windows\\Boot\\EFI\\bootmgfw\.efi"}[firmware]
    name = re.escape(context.manager(firmware))
    context.refuse(firmware, files, says=[name, place, r"boot\.wim"])


@both
def refuse_cut_archive(context, firmware):
    """A CPIO archive that ends in the middle of a file."""
    archive = cpio.archive({"BCD": samples.store("winpe-any"),
                            "boot.wim": samples.wim(context.build)})
    context.refuse(firmware, archive[:len(archive) - 200000], says=[r"boot\.wim", r"trunc|cut|end"])


@both
def refuse_cut_wim(context, firmware):
    """A WIM of which the last part is missing."""
    wim = samples.wim(context.build)
    context.refuse(firmware, {"boot.wim": wim[:len(wim) * 6 // 10]},
                   says=[r"boot\.wim is a WIM of \d+ bytes", r"cut short"])


@both
def refuse_script_syntax(context, firmware):
    """A script that is not Lua."""
    files = {"boot.lua": b"boot.index = 3\nif then\n", "boot.wim": samples.wim(context.build)}
    context.refuse(firmware, files, "script=boot.lua", says=[r"boot\.lua:2:", r"Press D"])


@both
def refuse_script_loop(context, firmware):
    """A script that never ends."""
    files = {"boot.lua": b"print('loop')\nwhile true do end\n",
             "boot.wim": samples.wim(context.build)}
    context.refuse(firmware, files, "script=boot.lua", says=[r"boot\.lua:2", r"Press D"], silence=150)


@both
def refuse_script_missing(context, firmware):
    """A script that was not given: the message lists what was."""
    context.refuse(firmware, {"boot.wim": samples.wim(context.build)}, "script=site.lua",
                   says=[r"site\.lua", r"boot\.wim"])


@both
def refuse_index(context, firmware):
    """Image 9 of 3."""
    context.refuse(firmware, {"boot.wim": samples.wim(context.build)}, "index=9",
                   says=[r"error: boot\.wim has no image 9 to boot; it has 3 images"])


@both
def refuse_option_value(context, firmware):
    """A malformed value says which."""
    context.refuse(firmware, {"boot.wim": samples.wim(context.build)}, "index=two",
                   says=[r"index=?", r"two"])


@both
def refuse_wrong_program(context, firmware):
    """A boot manager of another architecture, and one that is no program."""
    name = context.manager(firmware)
    other = {"bios": "bootmgfw.efi", "efi": "bootmgr.exe"}[firmware]
    store = samples.store("winpe-any")
    context.refuse(firmware, {name: samples.read(context.tools, "guest", other), "BCD": store},
                   "rawbcd", says=[name])
    context.refuse(firmware, {name: b"MZ" + samples.noise(20000, 1), "BCD": store}, "rawbcd",
                   says=[name])


@both
def refuse_damaged_contents(context, firmware):
    """A byte of a boot font is wrong: what was found wrong is said. In BIOS everything is read before
    the boot manager starts; under UEFI when it reads, and then the read fails."""
    wim = bytearray(samples.wim(context.build, "none"))
    at = wim.find(b"wgl4_boot.ttf of image %d " % samples.BOOT_IMAGE)
    assert at > 0
    wim[at + 1000] ^= 1
    says = r"\\Windows\\Boot\\Fonts\\wgl4_boot\.ttf.*do not match their SHA-1"
    if firmware == "bios":
        context.refuse(firmware, {"boot.wim": bytes(wim)}, says=[says])
        return
    console = context.boot(firmware, {"boot.wim": bytes(wim)}).console
    assert re.search(says, console), "the damage was not told"
    assert re.search(r"standin: done, [1-9]", console), "damaged bytes were given out"


@both
def bad_extras_do_not_stop_a_boot(context, firmware):
    """A damaged boot.sdi, a .wim that is none and a name that Windows forbids: warned of, and left out."""
    files = {"boot.wim": samples.wim(context.build), "boot.sdi": b"<!DOCTYPE html><title>404</title>",
             "._boot.wim": b"\0\5\x16\7" + bytes(4092), "what?.txt": b"extra"}
    report = context.boot(firmware, files).check()
    for text in (r"boot.sdi is an HTML page, not an SDI image", r"._boot.wim is of an unknown kind, not a WIM",
                 r"'?' is not allowed in a name"):
        assert text in report.console, text
    assert "\\Boot\\boot.sdi" in report.files
    assert "\\Boot\\._boot.wim" not in report.files
