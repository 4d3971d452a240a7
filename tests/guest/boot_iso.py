# SPDX-License-Identifier: BSD-2-Clause
"""Boot a Windows ISO by iPXE and the loader, in a QEMU window: boot_iso.py [options] ISO

The boot files are taken out of the ISO and served over HTTP, as a network server would.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import samples
import start
from machine import Machine
from web import Server

# What a Windows ISO has, and the name under which the loader gets it.
COMMON = {"sources/boot.wim": "boot.wim", "boot/boot.sdi": "boot.sdi"}
FILES = {
    "bios": COMMON | {"boot/bcd": "BCD", "bootmgr": "bootmgr"},
    "efi": COMMON | {"efi/microsoft/boot/bcd": "BCD", "efi/boot/bootx64.efi": "bootx64.efi"},
}


class IsoError(Exception):
    """The ISO is not what we need."""


def run(*command):
    """Run a tool quietly; true if it succeeded."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def unpack(iso, directory):
    """Unpack the folders with boot files. Microsoft's own ISOs are UDF, which xorriso does not
    read; ones remade by other tools are ISO 9660."""
    if not os.path.exists(iso):
        raise IsoError("%s: no such file" % iso)
    if run("xorriso", "-osirrox", "on", "-indev", iso, "-extract", "/sources/boot.wim",
           os.path.join(directory, "sources", "boot.wim")):
        for folder in ("boot", "efi", "bootmgr"):
            run("xorriso", "-osirrox", "on", "-indev", iso, "-extract", "/" + folder,
                os.path.join(directory, folder))
        run("chmod", "-R", "u+rwX", directory)
        return
    if not shutil.which("7z"):
        raise IsoError("%s has no sources/boot.wim that xorriso can read; if it is a UDF image, as "
                       "Microsoft's are, install 7z: apt-get install p7zip-full" % iso)
    if not run("7z", "x", "-y", "-o" + directory, iso, "sources/boot.wim", "boot", "efi",
               "bootmgr"):
        raise IsoError("%s: 7z cannot read it" % iso)


def boot_files(iso, firmware):
    """The files to boot with, a dict of name to bytes."""
    with tempfile.TemporaryDirectory() as directory:
        unpack(iso, directory)
        found = {}
        for folder, _, names in os.walk(directory):
            for name in names:
                full = os.path.join(folder, name)
                found[os.path.relpath(full, directory).lower()] = full
        result = {name: samples.read(found[path]) for path, name in FILES[firmware].items()
                  if path in found}
    if "boot.wim" not in result:
        raise IsoError("%s: there is no sources/boot.wim in it" % iso)
    return result


def boot(build, iso, firmware, script=None, memory=2048, display="none", **options):
    """Boot until the guest ends; returns its console. `options` are Machine's."""
    files = boot_files(iso, firmware)
    if script:
        files["wimboot.lua"] = samples.read(script)
    served = files | {"wimboot": samples.read(build, "wimboot")}
    with Server(served) as server:
        served["boot.ipxe"] = start.ipxe_script(server, files,
                                                 "script=wimboot.lua" if script else "")
        with Machine(firmware, start.network(server.url("boot.ipxe")), memory=memory,
                     display=display, **options) as guest:
            guest.wait(silence=float("inf"), total=float("inf"))
            return guest.console()


def window():
    """How QEMU can show its screen here."""
    known = subprocess.run(["qemu-system-x86_64", "-display", "help"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, check=False).stdout.decode().split()
    for name in ("gtk", "sdl"):
        if name in known and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return name
    print("no window here (no display, or qemu-system-gui is not installed): "
          "the screen is at VNC 127.0.0.1:5900")
    return "vnc=127.0.0.1:0"


def main():
    """Boot what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--firmware", choices=("bios", "efi"), default="efi")
    parser.add_argument("--script", help="a Lua script to boot with, as wimboot.lua")
    parser.add_argument("--memory", type=int, default=2048, help="MiB")
    parser.add_argument("--display", help="QEMU's -display")
    parser.add_argument("iso")
    arguments = parser.parse_args()
    try:
        boot(arguments.build, arguments.iso, arguments.firmware, arguments.script,
             arguments.memory, arguments.display or window(),
             processor="max", echo=lambda text: print(text, end="", flush=True))
    except IsoError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
