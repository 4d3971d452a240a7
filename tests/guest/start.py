"""The ways to start the loader with its files: each returns the `arguments` of a Machine."""

import os
import shutil
import subprocess

import cpio
import samples

# GRUB, seen from SeaBIOS.
GRUB_FOLDER = "/usr/lib/grub/i386-pc"


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


def network(url, drives=()):
    """iPXE, which QEMU's network card brings along, fetches a script over HTTP."""
    def arguments(_):
        return ["-netdev", "user,id=net0,bootfile=" + url, "-device", "e1000,netdev=net0",
                "-boot", "n", *drives]
    return arguments


def ipxe_script(server, files, command_line="", named=True):
    """An iPXE script that boots `files`, a list of names that the server has, the way users write
    it: with names given, or with bare addresses."""
    lines = ["#!ipxe", "kernel %s %s" % (server.url("wimboot"), command_line)]
    for name in files:
        if named:
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


def usb_stick(loader, files):
    """A USB stick for UEFI with the loader as default boot file and the files in its root."""
    def arguments(machine):
        image = machine.path("stick")
        size = sum(map(len, files.values())) + os.path.getsize(loader) + (40 << 20)
        with open(image, "wb") as file:
            file.truncate(size)
        environment = dict(os.environ, MTOOLS_SKIP_CHECK="1", LC_ALL="C.UTF-8")

        def mtools(*command):
            subprocess.run(command, check=True, env=environment)
        subprocess.run(["mkfs.fat", "-F", "32", image], check=True, stdout=subprocess.DEVNULL)
        mtools("mmd", "-i", image, "::/EFI", "::/EFI/BOOT")
        mtools("mcopy", "-i", image, loader, "::/EFI/BOOT/BOOTX64.EFI")
        samples.write_tree(machine.path("stick-files"), files)
        mtools("mcopy", "-s", "-i", image,
               *(os.path.join(machine.path("stick-files"), name)
                 for name in os.listdir(machine.path("stick-files"))), "::/")
        return ["-drive", "if=none,id=stick,format=raw,file=" + image, "-device", "qemu-xhci",
                "-device", "usb-storage,drive=stick"]
    return arguments
