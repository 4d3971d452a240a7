# SPDX-License-Identifier: BSD-2-Clause
"""The ways to start the loader with its files: each returns the `arguments` of a Machine."""

import os
import shutil
import subprocess
import tempfile

import cpio
import samples
from firmware import newer
from machine import ARM64, X86_64

# GRUB and Syslinux, seen from SeaBIOS.
GRUB_FOLDER = "/usr/lib/grub/i386-pc"
SYSLINUX_FOLDER = "/usr/lib/syslinux/modules/bios"
IPXE = {X86_64: "/usr/lib/ipxe/ipxe.efi", ARM64: "/usr/lib/ipxe/ipxe-arm64.efi"}
# What UEFI starts from a stick, and such a program.
DEFAULT_PROGRAMS = {X86_64: "EFI/BOOT/BOOTX64.EFI", ARM64: "EFI/BOOT/BOOTAA64.EFI"}
SYSTEMD_BOOT = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"


def direct(loader, files, command_line=""):
    """QEMU's own loader: bzImage and initrd in BIOS; in UEFI the firmware starts the image and
    offers the initrd."""
    def arguments(machine):
        result = ["-kernel", loader, "-append", command_line]
        if files:
            data = files if isinstance(files, bytes) else cpio.archive(files)
            result += ["-initrd", machine.write("initrd", data)]
        return result
    return arguments


def network(url, program=None, tftp=None):
    """iPXE fetches a script over HTTP. In BIOS QEMU's network card brings it along; not every UEFI
    firmware starts that one, but all start a program from a disk: `program`, or the package's. `tftp`
    is a dict of path to bytes that the network has as well."""
    def arguments(machine):
        netdev = ["-netdev", "user,id=net0,bootfile=" + url]
        if tftp:
            samples.write_tree(machine.path("tftp"), tftp)
            netdev[1] += ",tftp=" + machine.path("tftp")
        if machine.firmware == "bios":
            return netdev + ["-device", "e1000,netdev=net0", "-boot", "n"]
        ipxe = program or IPXE[machine.architecture]
        if not os.path.exists(ipxe):
            ipxe = newer(machine.tools, ipxe[1:], "ipxe")
        samples.write_tree(machine.path("ipxe"), {DEFAULT_PROGRAMS[machine.architecture]: samples.read(ipxe)})
        card = "virtio-net-pci" if machine.architecture == ARM64 else "e1000"
        return netdev + ["-device", card + ",netdev=net0,romfile=",
                         "-drive", "format=raw,file=fat:rw:" + machine.path("ipxe")]
    return arguments


# A network card for the firmware's own network stack. Newer firmware starts that only on a machine with a source of
# random numbers (EDK II 2024.05: CVE-2023-45237).
FIRMWARE_NETWORK = ["-device", "virtio-net-pci,netdev=net0,romfile=", "-device", "virtio-rng-pci"]


def http_boot(url):
    """The firmware fetches the loader by HTTP and starts it, without iPXE; it tries nothing else first."""
    def arguments(_machine):
        options = ["-netdev", "user,id=net0,bootfile=" + url] + FIRMWARE_NETWORK
        for version in ("IPv4", "IPv6"):
            options += ["-fw_cfg", "name=opt/org.tianocore/%sPXESupport,string=no" % version]
        return options
    return arguments


def pxe(files, boot_file):
    """The firmware fetches the loader by TFTP and starts it, without iPXE; `files` is a dict of path to bytes
    that the server has."""
    def arguments(machine):
        samples.write_tree(machine.path("tftp"), files)
        return ["-netdev", "user,id=net0,tftp=%s,bootfile=%s" % (machine.path("tftp"), boot_file)] + FIRMWARE_NETWORK
    return arguments


def ipxe_script(server, files, command_line="", named=True):
    """An iPXE script that boots `files`, a list of names that the server has, the way users write
    it: with names given, or with bare addresses. `named` may also be a function of the name."""
    lines = ["#!ipxe", "kernel %s %s" % (server.url("wimboot"), command_line)]
    for name in files:
        if named(name) if callable(named) else named:
            lines.append("initrd --name %s %s %s" % (name, server.url(name), name))
        else:
            lines.append("initrd " + server.url(name))
    return "\n".join(lines + ["boot", ""]).encode()


def grub(loader, files, command_line=""):
    """A CD with GRUB for BIOS: linux16 and initrd16 newc:."""
    def arguments(machine):
        tree = machine.path("cd")
        samples.write_tree(tree, files)
        shutil.copyfile(loader, os.path.join(tree, "wimboot"))
        initrd = " ".join("newc:%s:/%s" % (name, name) for name in files)
        config = "linux16 /wimboot %s\ninitrd16 %s\nboot\n" % (command_line, initrd)
        samples.write_tree(tree, {"boot/grub/grub.cfg": config.encode()})
        subprocess.run(["grub-mkrescue", "-d", GRUB_FOLDER, "-o", machine.path("cd.iso"), tree],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return ["-cdrom", machine.path("cd.iso"), "-boot", "d"]
    return arguments


def fat_image(path, files, label=None):
    """A disk image without partitions: FAT, with `files`, a dict of path to bytes, in it."""
    with open(path, "wb") as file:
        file.truncate(sum(map(len, files.values())) + (40 << 20))
    environment = dict(os.environ, MTOOLS_SKIP_CHECK="1", LC_ALL="C.UTF-8")
    subprocess.run(["mkfs.fat", "-F", "32", *(["-n", label] if label else []), path], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as tree:
        samples.write_tree(tree, files)
        subprocess.run(["mcopy", "-s", "-i", path,
                        *(os.path.join(tree, name) for name in os.listdir(tree)), "::/"],
                       check=True, env=environment)


def usb_stick(files):
    """A USB stick for UEFI, which starts one of the DEFAULT_PROGRAMS."""
    def arguments(machine):
        image = machine.path("stick")
        fat_image(image, files)
        controller = [] if machine.architecture == ARM64 else ["-device", "qemu-xhci"]
        return ["-drive", "if=none,id=stick,format=raw,file=" + image, *controller,
                "-device", "usb-storage,drive=stick"]
    return arguments


def systemd_boot(loader, files, command_line="", named=True):
    """systemd-boot with an entry whose initrd is an archive, or the bare files."""
    if named:
        files = {"initrd": cpio.archive(files)}
    entry = "title wimboot\nlinux /wimboot\noptions %s\n" % command_line
    entry += "".join("initrd /folder/%s\n" % name for name in files)
    return usb_stick({"folder/" + name: data for name, data in files.items()} | {
        DEFAULT_PROGRAMS[X86_64]: samples.read(SYSTEMD_BOOT),
        "loader/entries/wimboot.conf": entry.encode(),
        "wimboot": samples.read(loader),
    })


def syslinux(loader, files, command_line="", named=True):
    """A disk with Syslinux: linux.c32, which makes an archive with names, or Syslinux itself, which
    puts the bare files one after the other."""
    def arguments(machine):
        image = machine.path("disk")
        words = (",".join(files), command_line)
        if named:
            entry = "COM32 linux.c32\nAPPEND wimboot initrdfile=%s %s\n" % words
        else:
            entry = "LINUX wimboot\nINITRD %s\nAPPEND %s\n" % words
        modules = {name: samples.read(SYSLINUX_FOLDER, name) for name in ("linux.c32", "libcom32.c32")}
        fat_image(image, files | modules | {
            "wimboot": samples.read(loader),
            "syslinux.cfg": ("DEFAULT wimboot\nLABEL wimboot\n" + entry).encode()})
        subprocess.run(["syslinux", "--install", image], check=True)
        return ["-drive", "format=raw,file=" + image]
    return arguments
