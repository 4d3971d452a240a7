# SPDX-License-Identifier: BSD-2-Clause
"""Worlds of Secure Boot: firmware, what its variables trust, and programs signed for it.

The keys are those of tests/trust/make_samples.sh: `old` and `new` are authorities, `leaf-old` and `leaf-new` sign.
"""

import os
import subprocess

import samples
import variables
from firmware import ROOT, newer
from machine import ARM64, X86_64

# What Debian ships: firmware, such that is strict about what is written and what is run, its package, and variables
# that trust what Microsoft signed.
FIRMWARE = {
    X86_64: ("usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "usr/share/OVMF/OVMF_CODE_4M.secboot.strictnx.fd", "ovmf",
             "usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
    ARM64: ("usr/share/AAVMF/AAVMF_CODE.ms.fd", "usr/share/AAVMF/AAVMF_CODE.secboot.strictnx.fd", "qemu-efi-aarch64",
            "usr/share/AAVMF/AAVMF_VARS.ms.fd"),
}
SHIM = {X86_64: ("usr/lib/shim/shimx64.efi.signed", "shim-signed"),
        ARM64: ("usr/lib/shim/shimaa64.efi.signed", "shim-signed:arm64")}


def key_file(context, name):
    """The path of a key, certificate or program of the samples."""
    return os.path.join(context.tools, "test-trust", name)


def folder(context):
    """A folder for what a test makes."""
    path = os.path.join(context.build, "guest", context.name)
    os.makedirs(path, exist_ok=True)
    return path


def sign(context, program, key="leaf-old"):
    """The bytes of a program, which is given as bytes, signed."""
    paths = [os.path.join(folder(context), name) for name in ("plain", "signed")]
    with open(paths[0], "wb") as file:
        file.write(program)
    subprocess.run(["sbsign", "--key", key_file(context, key + ".key"), "--cert", key_file(context, key + ".pem"),
                    "--output", paths[1], paths[0]], check=True, stderr=subprocess.DEVNULL)
    return samples.read(paths[1])


def signed_script(context, text, key="leaf-old"):
    """The bytes of a signed script, as `make script` makes it."""
    paths = [os.path.join(folder(context), name) for name in ("text", "program")]
    with open(paths[0], "wb") as file:
        file.write(text)
    subprocess.run([os.path.join(ROOT, "tools/mkscript.py"), "--machine", context.architecture, "--version", "1.0",
                    "--homepage", "urn:x", "--output", paths[1], paths[0]], check=True)
    return sign(context, samples.read(paths[1]), key)


def certificates(context, *names):
    """A list of certificates."""
    return b"".join(variables.signature_list(variables.CERTIFICATE, samples.read(key_file(context, name + ".der")))
                    for name in names)


def world(context, db=None, dbx=None, mok=None, strict=False):
    """Firmware and variables for a Machine: what db, dbx and shim's list have, each bytes or None for what Debian
    ships; `strict`: Debian 13's firmware, where code is not written and data are not run."""
    usual, strict_code, package, shipped = FIRMWARE[context.architecture]
    code = newer(context.tools, strict_code, package) if strict else "/" + usual
    store = samples.read("/" + shipped)
    for vendor, variable, data in ((variables.IMAGE_SECURITY, "db", db), (variables.IMAGE_SECURITY, "dbx", dbx),
                                   (variables.SHIM, "MokList", mok)):
        if data is not None:
            store = variables.set_variable(store, vendor, variable, data)
    path = os.path.join(folder(context), "variables.fd")
    with open(path, "wb") as file:
        file.write(store)
    return code, path


def shim(context):
    """Debian's shim, signed by Microsoft."""
    return samples.read(newer(context.tools, *SHIM[context.architecture]))
