#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts of Secure Boot at the desk: worlds of keys, and what is said of each boot manager in them."""
import os
import pathlib
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from test_preview import Case, ROOT  # noqa: E402  pylint: disable=wrong-import-position
import samples  # noqa: E402  pylint: disable=wrong-import-position,wrong-import-order

KEYS = pathlib.Path(ROOT, "build", "test-trust")
CERTIFICATE = bytes.fromhex("a159c0a5e494a74a87b5ab155c2bf072")
HASH = bytes.fromhex("2616c4c14c509240aca941f936934328")
VERSION_OWNER = bytes.fromhex("6c2b139dd5598843ab1c185c3cb2eb92")


def entry(kind, data, owner=bytes(16)):
    """A list of one signature."""
    return kind + struct.pack("<III", 44 + len(data), 0, 16 + len(data)) + owner + data


def key(name):
    """A list with a certificate."""
    return entry(CERTIFICATE, (KEYS / (name + ".der")).read_bytes())


def version(major):
    """What dbx has to ask for a version of the boot manager."""
    return entry(HASH, b"\1\x61" + VERSION_OWNER[1:] + struct.pack("<HH", 0, major) + bytes(11), VERSION_OWNER)


class Trust(Case):
    """What the console says in each world."""

    def manager(self, name):
        return "bootmgfw.efi=%s" % (KEYS / (name + ".efi"))

    def console(self, db, *words, dbx=b"", status=0):
        self.write("db", db)
        lists = ["--db", "db"]
        if dbx:
            self.write("dbx", dbx)
            lists += ["--dbx", "dbx"]
        result = self.run_preview(*lists, "boot.wim", *words, status=status)
        return result.out + result.err

    def test_worlds(self):
        old, new = "Test Production PCA 2011", "Test UEFI CA 2023"
        for db, manager, by in ((key("old"), "signed-old", old), (key("new"), "signed-new", new),
                                (key("old") + key("new"), "signed-old", old), (key("new"), "signed-both", new),
                                (b"\x27\0\0\0" + key("old"), "signed-both", old)):
            self.assertIn("boot manager: bootmgfw.efi, which is trusted by " + by, self.console(db, self.manager(manager)))

    def test_refusals_say_what_would_mend_it(self):
        out = self.console(key("old"), self.manager("signed-new"), status=1)
        self.assertIn("Secure Boot does not trust its signature (LoadImage: EFI_ACCESS_DENIED); it is not trusted: it is "
                      "signed under Test UEFI CA 2023, which this firmware does not trust. Remedy: update the firmware", out)
        self.assertIn("this one trusts Test Production PCA 2011", out)
        out = self.console(key("new"), self.manager("signed-old"), status=1)
        self.assertIn("signed under Test Production PCA 2011, which this firmware does not trust. Remedy: update the image",
                      out)
        self.assertIn("\\Windows\\Boot\\EFI_EX", out)
        out = self.console(key("old"), self.manager("plain"), status=1)
        self.assertIn("it is not signed. Remedy: sign it", out)
        out = self.console(key("old"), self.manager("signed-old"), dbx=key("old"), status=1)
        self.assertIn("it is revoked: Test Production PCA 2011 is in dbx", out)

    def test_version(self):
        out = self.console(key("old"), self.manager("signed-seven"), dbx=version(11))
        self.assertIn("Secure Boot: the boot manager is revoked: dbx asks for security version 11.0, and it has 7.0. "
                      "Remedy: update the image", out)
        self.assertNotIn("revoked", self.console(key("old"), self.manager("signed-seven"), dbx=version(7)))

    def test_the_one_that_will_pass_is_chosen(self):
        """An image with both boot managers, in firmware that trusts only one of the keys."""
        tree = samples.image_files(str(pathlib.Path(ROOT, "build")), 1)
        tree["Windows/Boot/EFI/bootmgfw.efi"] = (KEYS / "signed-old.efi").read_bytes()
        tree["Windows/Boot/EFI_EX/bootmgfw_EX.efi"] = (KEYS / "signed-new.efi").read_bytes()
        for font in samples.FONTS:
            tree["Windows/Boot/FONTS_EX/" + font.replace(".ttf", "_EX.ttf")] = samples.font("EX " + font, 1)
        tree["Windows/Boot/EFI/winsipolicy.p7b"] = b"policy"
        tree["Windows/Boot/EFI/CIPolicies/Active/{1}.cip"] = b"active policy"
        samples.make_wim(os.path.join(self.folder.name, "boot.wim"), [tree], boot_index=1)
        out = self.console(key("old"))
        self.assertIn("\\Windows\\Boot\\EFI\\bootmgfw.efi, which is trusted by Test Production PCA 2011", out)
        self.assertNotIn("FONTS_EX", out)
        out = self.console(key("new") + key("old"))
        self.assertIn("\\EFI_EX\\bootmgfw_EX.efi, which is trusted by Test UEFI CA 2023", out)
        self.assertIn("\\Windows\\Boot\\FONTS_EX: segmono_boot_EX.ttf", out)
        self.run_preview("--extract", "\\Boot\\Fonts\\wgl4_boot.ttf=font", "--extract",
                         "\\EFI\\Microsoft\\Boot\\CIPolicies\\Active\\{1}.cip=cip", "boot.wim")
        self.assertEqual(samples.read(self.folder.name, "font"), samples.font("EX wgl4_boot.ttf", 1))
        self.assertEqual(samples.read(self.folder.name, "cip"), b"active policy")
        # A given EX boot manager that is not trusted: the plain one of the image.
        out = self.console(key("old"), "bootmgfw_EX.efi=%s" % (KEYS / "signed-new.efi"))
        self.assertIn("image 1: \\Windows\\Boot\\EFI\\bootmgfw.efi, which is trusted", out)
        out = self.console(key("new"), "bootmgfw_EX.efi=%s" % (KEYS / "signed-new.efi"))
        self.assertIn("boot manager: bootmgfw_EX.efi, which is trusted by Test UEFI CA 2023", out)

    def test_scripts_see_it(self):
        self.write("wimboot.lua", "print(table.concat(boot.trust.keys, '+'), boot.trust.version)\n"
                   "print(boot.trust.judge(files['bootmgfw.efi']).result)\n")
        out = self.console(key("old") + key("new"), self.manager("signed-seven"), "wimboot.lua", dbx=version(9))
        self.assertRegex(out, r"Test Production PCA 2011\+Test UEFI CA 2023\s+9.0")
        self.assertIn("\nversion revoked\n", out)

    def test_wrong_lists(self):
        self.write("db", b"no list")
        self.assertIn("is not a list of signatures", self.run_preview("--db", "db", "boot.wim", status=2).err)
