# SPDX-License-Identifier: BSD-2-Clause
"""Worlds of Secure Boot: firmware, what its variables trust, and programs signed for it.

The keys are those of tests/trust/make_samples.sh: `old` and `new` are authorities, `leaf-old` and `leaf-new` sign.
"""

import os
import subprocess
import threading

import samples
import variables
from harness import Skipped

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OVMF = "usr/share/OVMF/"
FETCHING = threading.Lock()


def newer(context, path, package):
    """A file of a package of Debian 13, which is fetched if it is not there."""
    folder = os.path.join(context.build, "firmware")
    with FETCHING:
        result = subprocess.run([os.path.join(ROOT, "tools/fetch-firmware.sh"), folder, "trixie", package],
                                capture_output=True, check=False)
    path = os.path.join(folder, "trixie", path)
    if result.returncode or not os.path.exists(path):
        raise Skipped("%s of Debian 13 cannot be had (tools/fetch-firmware.sh)" % package)
    return path


def key_file(context, name):
    """The path of a key, certificate or program of the samples."""
    return os.path.join(context.build, "test-trust", name)


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
    subprocess.run([os.path.join(ROOT, "tools/mkscript.py"), "--version", "1.0", "--homepage", "urn:x", "--output",
                    paths[1], paths[0]], check=True)
    return sign(context, samples.read(paths[1]), key)


def certificates(context, *names):
    """A list of certificates."""
    return b"".join(variables.signature_list(variables.CERTIFICATE, samples.read(key_file(context, name + ".der")))
                    for name in names)


def world(context, db=None, dbx=None, mok=None, strict=False):
    """Firmware and variables for a Machine: what db, dbx and shim's list have, each bytes or None for what Debian
    ships; `strict`: Debian 13's firmware, where code is not written and data are not run."""
    name = OVMF + ("OVMF_CODE_4M.secboot.strictnx.fd" if strict else "OVMF_CODE_4M.secboot.fd")
    code = newer(context, name, "ovmf") if strict else "/" + name
    store = samples.read("/usr/share/OVMF/OVMF_VARS_4M.ms.fd")
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
    return samples.read(newer(context, "usr/lib/shim/shimx64.efi.signed", "shim-signed"))
