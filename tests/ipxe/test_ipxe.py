#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The preview's --ipxe against the real iPXE: for every script in scripts/, in both firmwares, the
loader in a guest must show the same words and files as the preview, or the script must end the same
way without it.

A script's comments may say "keys:" QEMU's names of keys that are pressed in the guest, "answers:" the
same for the preview, and "uncertain:" the line at which the preview has to stop.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build"
sys.path[:0] = [str(HERE), str(HERE.parent / "guest")]

import files  # noqa: E402  pylint: disable=wrong-import-position
import judge  # noqa: E402  pylint: disable=wrong-import-position
import samples  # noqa: E402  pylint: disable=wrong-import-position

# The release of the package ipxe-qemu that the scripts are written for.
JUDGED_BY = "1.0.0"

# What QEMU's machine and network are.
MACHINE = ["--mac", "52:54:00:12:34:56", "--smbios", "manufacturer=QEMU",
           "--smbios", "product=Standard PC (i440FX + PIIX, 1996)",
           "--smbios", "uuid=00000000-0000-0000-0000-000000000000", "--smbios", "serial="]
NETWORK = {"ip": "10.0.2.15", "netmask": "255.255.255.0", "gateway": "10.0.2.2", "dns": "10.0.2.3",
           "next-server": "10.0.2.2", "filename": "http://10.0.2.2:%d/judge.ipxe"}


def directive(script, name):
    """The words after "# name:" in a script."""
    found = re.search(rb"^# %s: *(.*?)\r?$" % name.encode(), script, re.MULTILINE)
    return found.group(1).decode().split() if found else []


def preview(folder, firmware, script, port):
    """What the preview shows of a script that is in its place in `folder`, as Judge.run() returns
    it."""
    words = ["--firmware", firmware, "--ipxe", os.path.join(folder, files.SCRIPT), "--root", folder, *MACHINE]
    for name, value in NETWORK.items():
        words += ["--ipxe-set", "net0.dhcp/%s=%s" % (name, value.replace("%d", str(port)))]
    for answer in directive(script, "answers"):
        words += ["--answer", answer]
    result = subprocess.run([str(BUILD / "host" / "wimboot-preview"), *words], capture_output=True, timeout=60,
                            check=False)
    out, err = result.stdout.decode(), result.stderr.decode()
    if result.returncode == 3:
        return ["uncertain", re.search(r":(\d+): ", err).group(1)], out + err
    if "JUDGE end" in out:
        return [line.removeprefix("JUDGE ").rstrip() for line in judge.LINE.findall(out)], out + err
    for text, end in (("without booting: the command failed", "ended 1"), ("without booting", "ended 0"),
                      ("iPXE's shell is started", "shell")):
        if text in err:
            return [end], out + err
    return [], out + err


class Scripts:
    """All scripts in one firmware; a method for each is added below."""

    firmware = None

    @classmethod
    def setUpClass(cls):
        """Start iPXE; put the files where the preview finds them."""
        tree = files.tree()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        samples.write_tree(cls.folder.name, tree | {"wimboot": samples.read(BUILD, "wimboot")})
        cls.judge = judge.Judge(cls.firmware, str(BUILD / "wimboot"), files.SCRIPT, tree)
        cls.addClassCleanup(cls.judge.close)
        if cls.judge.version != JUDGED_BY:
            raise unittest.SkipTest("this iPXE is %s: names of files, and what old releases do wrong, are as in %s"
                                    % (cls.judge.version, JUDGED_BY))

    def compare(self, path):
        """Run a script in the guest and in the preview."""
        port = self.judge.server.server.server_address[1]
        script = path.read_bytes().replace(b"PORT", b"%d" % port)
        samples.write_tree(self.folder.name, {files.SCRIPT: script})
        shown, text = preview(self.folder.name, self.firmware, script, port)
        uncertain = directive(script, "uncertain")
        wanted = (["uncertain", *uncertain] if uncertain
                  else self.judge.run(script, directive(script, "keys")))
        self.assertEqual(shown, wanted, text)


class Bios(Scripts, unittest.TestCase):
    """iPXE in BIOS."""

    firmware = "bios"


class Efi(Scripts, unittest.TestCase):
    """iPXE in UEFI."""

    firmware = "efi"


for script_path in sorted(HERE.glob("scripts/*.ipxe")):
    setattr(Scripts, "test_" + script_path.stem.replace("-", "_"),
            lambda self, path=script_path: self.compare(path))


if __name__ == "__main__":
    unittest.main()
