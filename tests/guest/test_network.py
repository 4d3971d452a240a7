# SPDX-License-Identifier: BSD-2-Clause
"""The usual way: iPXE fetches loader and files over HTTP, one script for both firmwares."""

import cpio
import samples
from harness import arm64, both, check_default_map, test


def setup(context):
    """A LZX WIM of three images, with a store and a boot.sdi given beside it."""
    return {"BCD": samples.store("winpe-any"), "boot.sdi": samples.sdi(b"given"),
            "boot.wim": samples.wim(context.build)}


def shown(files, index, firmware):
    """What must be on the disk: what was given, and what was taken from image `index`."""
    result = {name: samples.font(name, index) for name in samples.FONTS}
    if firmware == "efi":
        result["boot.stl"] = b"revocations of image %d" % index
    return result | files


OTHERS = {"bios": ("bootmgr.exe",), "efi": ("bootx64.efi", "bootaa64.efi", "bootmgfw.efi", "bootmgfw_ex.efi")}


@arm64
@both
def network_named(context, firmware):
    """`initrd --name NAME URL NAME`: every file comes back byte for byte."""
    files = setup(context)
    report = context.network(firmware, files)
    check_default_map(report, shown(files, samples.BOOT_IMAGE, firmware), OTHERS[firmware])


@both
def network_bare(context, firmware):
    """`initrd URL` alone: in BIOS the files come without names and are told by their content."""
    files = setup(context) | {"boot.lua": b"print('script in ' .. boot.firmware)\n"}
    report = context.network(firmware, files, "script=boot.lua", named=False)
    files.pop("boot.lua")
    report.check()
    for directory in ("\\", "\\Boot\\", "\\Sources\\", "\\EFI\\Microsoft\\Boot\\"):
        for name, data in files.items():
            report.check_file(directory + name, data)
    assert "script in " + firmware in report.console


INTRUDER = b"print('an intruder ' .. 'ran')\n"


@both
def network_intruder(context, firmware):
    """Somebody on the way replaces the one image without a name: by an archive with a script, or by
    the true WIM with an archive after it. No script starts."""
    wim = samples.wim(context.build)
    archive = cpio.archive({"wimboot.lua": INTRUDER, "boot.lua": INTRUDER})
    longer = wim + b"\0" * (-len(wim) % cpio.ALIGNMENT) + archive
    whole = cpio.archive({"wimboot.lua": INTRUDER, "boot.wim": wim})
    for image in longer, whole:
        report = context.network(firmware, {"boot.wim": image}, named=False)
        assert "wimboot " in report.console and "an intruder ran" not in report.console


@test
def network_intruder_and_script(context):
    """The same where the site has a script of its own, by its name: at most the boot fails."""
    files = {"site.lua": b"print('the true ' .. 'script')\n",
             "boot.wim": cpio.archive({"site.lua": INTRUDER, "boot.wim": samples.wim(context.build)})}
    report = context.network("bios", files, "script=site.lua", named=lambda name: name == "site.lua")
    assert "two scripts" in report.console and "ran" not in report.console
    files["boot.wim"] = samples.wim(context.build) + files["boot.wim"]
    report = context.network("bios", files, "script=site.lua", named=lambda name: name == "site.lua")
    report.check()
    assert "the true script" in report.console and "ran" not in report.console


@both
def network_script(context, firmware):
    """wimboot.lua by iPXE: in UEFI it starts by itself. In BIOS iPXE does not tell names from
    contents, so it says what to write, and with that it starts."""
    files = {"wimboot.lua": b"print('script in ' .. boot.firmware)\n",
             "boot.wim": samples.wim(context.build)}
    console = context.network(firmware, files).check().console
    if firmware == "bios":
        assert "script in bios" not in console and "add script=wimboot.lua" in console
        console = context.network(firmware, files, "script=wimboot.lua").check().console
    assert "script in " + firmware in console


@both
def network_directories(context, firmware):
    """Names with directories, from the iPXE that Debian 12 has: the boot files are found, and each file is
    where its path says, on the disk and in the image."""
    wim = samples.wim(context.build)
    files = {"sources/boot.wim": wim, "boot/BCD": samples.store("winpe-any"), "Drivers/net/x.inf": b"[Version]\r\n"}
    report = context.network(firmware, files).check()
    assert "injected Drivers\\net\\x.inf" in report.console, report.console
    report.check_file("\\Drivers\\net\\x.inf", b"[Version]\r\n")
    assert report.files["\\Sources\\boot.wim"] == report.files["\\Boot\\boot.wim"]
    assert "\\Boot\\BCD" in report.files
