# SPDX-License-Identifier: BSD-2-Clause
"""Booting from a disc: an ISO that was given, alone or with other files."""

import os
import subprocess
import sys
import tempfile

import samples
import start
from harness import both, test
from web import Server

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


def hook(context, served, lines, firmware="efi"):
    """iPXE makes a disk of an ISO on the server; the loader is given `lines` besides."""
    with Server(dict(served)) as server:
        with open(context.loader, "rb") as loader:
            server.files["wimboot"] = loader.read()
        script = ["#!ipxe", "sanhook --drive 0x80 " + server.url("win.iso"), "kernel " + server.url("wimboot"),
                  *(line % {"server": server.url("")} for line in lines), "boot", ""]
        server.files["boot.ipxe"] = "\n".join(script).encode()
        report = context.run(firmware, start.network(server.url("boot.ipxe")))
        report.sent = server.sent["win.iso"]
        return report


@test
def disc_hooked(context):
    """sanhook: the firmware mounts the ISO on the server, and only what boots is read of it."""
    files = samples.windows_iso_files(context.build)
    files["sources/install.wim"] = samples.noise(30 << 20, 6)
    image = samples.iso(files)
    report = hook(context, {"win.iso": image}, [])
    check(report, "efi", files, "CCCOMA_X64FRE")
    assert 0 < report.sent < len(image) // 3, "%d bytes of %d were read" % (report.sent, len(image))
    assert "CCCOMA_X64FRE (over the network)" in report.console


@test
def disc_hooked_by_script(context):
    """A script chooses among the volumes that the firmware has mounted."""
    files = samples.windows_iso_files(context.build)
    script = b"""
for number, volume in ipairs(volumes) do
    print(number, volume.label, volume.remote, volume.own)
    if volume.label == "CCCOMA_X64FRE" then
        boot.source = volume
        for name, f in volume:list("sources") do
            print(name .. " has " .. f.size)
        end
    end
end
assert(boot.source and boot.source.remote and not boot.source.own)
"""
    report = hook(context, {"win.iso": samples.iso(files), "wimboot.lua": script},
                  ["initrd --name wimboot.lua %(server)swimboot.lua wimboot.lua"])
    check(report, "efi", files, "CCCOMA_X64FRE")
    assert "install.wim has 100000" in report.console


@test
def disc_on_stick(context):
    """A USB stick with the contents of the disc, and the loader in place of its boot program."""
    files = samples.windows_iso_files(context.build)
    stick = {path: data for path, data in files.items() if path not in ("efi/boot/bootx64.efi", "README.TXT")}
    stick[context.default_program()] = samples.read(context.loader)
    report = context.run("efi", start.usb_stick(stick))
    report.check()
    report.check_file("\\Sources\\boot.wim", files["sources/boot.wim"])
    report.check_file("\\Boot\\boot.sdi", files["boot/boot.sdi"])
    assert "boot manager: boot.wim image 2: \\Windows\\Boot\\EFI" in report.console, report.console


@test
def disc_lazy(context):
    """HTTP Boot, and a script that has the ISO on the server read as it is needed: hardly more is transferred than
    the files that boot have."""
    files = samples.windows_iso_files(context.build)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "boot.wim")
        images = [samples.image_files(context.build, index) for index in (1, 2)]
        images[1]["Windows/System32/large.bin"] = samples.noise(48 << 20, 7)
        samples.make_wim(path, images)
        files["sources/boot.wim"] = samples.read(path)
    files["sources/install.wim"] = samples.noise(16 << 20, 6)
    script = b"""
files["win.iso"] = fetch { "win.iso", lazy = true }
map { { "boot.wim", "/Boot/boot.wim" } } -- or the stand-in would read it nine times
boot.log = false -- the WIM is compared
"""
    image = samples.iso(files)
    loader = samples.read(context.loader)
    with Server({"wimboot.efi": loader, "wimboot.lua": script, "win.iso": image}) as server:
        report = context.run("efi", start.http_boot(server.url("wimboot.efi")), memory=512)
        requests, sent = server.requests.count("win.iso"), server.sent["win.iso"]
    report.check()
    report.check_file("\\Boot\\boot.wim", files["sources/boot.wim"])
    used = sum(len(data) for path, data in files.items() if path.startswith("boot/") or path.endswith("boot.wim"))
    assert requests < 20, requests
    assert sent < 1.1 * used, "%d bytes of %d were read, for files of %d" % (sent, len(image), used)
