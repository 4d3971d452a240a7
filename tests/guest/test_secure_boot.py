# SPDX-License-Identifier: BSD-2-Clause
"""UEFI Secure Boot: what is signed with a key that the firmware trusts boots, nothing else does."""

import os
import subprocess

import samples
import start
from harness import PROMPT, check_default_map, uefi
from test_network import OTHERS

# The test key of the package ovmf and qemu-efi-aarch64.
KEY, CERTIFICATE = ("/usr/share/ovmf/PkKek-1-snakeoil." + kind for kind in ("key", "pem"))

SCRIPT = b"print('Secure Boot: ' .. tostring(boot.secure_boot))\nboot.check = false\n"


def sign(context, program):
    """The bytes of a program, which is given by its path, signed."""
    directory = os.path.join(context.build, "guest", context.name)
    os.makedirs(directory, exist_ok=True)
    key, signed = (os.path.join(directory, name) for name in ("key", "signed"))
    subprocess.run(["openssl", "rsa", "-in", KEY, "-passin", "pass:snakeoil", "-out", key], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run(["sbsign", "--key", key, "--cert", CERTIFICATE, "--output", signed,
                    program], check=True, stderr=subprocess.DEVNULL)
    return samples.read(signed)


def stick(context, manager):
    """A USB stick with the signed loader, a script, a BCD store and a boot manager."""
    files = {os.path.basename(context.default_program()): manager, "BCD": samples.store("winpe-any"),
             "wimboot.lua": SCRIPT}
    return start.usb_stick(files | {context.default_program(): sign(context, context.loader)}), files


@uefi
def secure_boot_signed(context):
    """Loader and boot manager are signed; the script, which is not, runs and can say so."""
    arguments, files = stick(context, sign(context, os.path.join(context.build, "guest", "bootmgfw.efi")))
    report = context.run("efi", arguments, secure_boot=True)
    assert "Secure Boot: true" in report.console
    shown = {name: data for name, data in files.items() if name != "wimboot.lua"}
    check_default_map(report, shown, OTHERS["efi"])


@uefi
def secure_boot_unsigned_manager(context):
    """The loader is signed, the boot manager is not."""
    arguments, _ = stick(context, samples.read(context.build, "guest", "bootmgfw.efi"))
    with context.machine("efi", arguments, secure_boot=True) as guest:
        guest.wait(PROMPT)
        console = guest.console()
    assert "standin:" not in console, "the boot manager was started"
    assert ": %s: Secure Boot does not trust its signature" % os.path.basename(context.default_program()) in console
