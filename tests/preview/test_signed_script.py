#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Scripts in signed programs, as `make script` makes them, and what an unsigned one may not decide."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from test_preview import Case, ROOT  # noqa: E402  pylint: disable=wrong-import-position
from test_trust import KEYS, key  # noqa: E402  pylint: disable=wrong-import-position

SAYS = "print('signed: ' .. tostring(boot.script_signed))\n"


class SignedCase(Case):
    """The preview, with and without a db."""

    def program(self, name, text, signer="leaf-old"):
        """A script in a program, signed unless `signer` is None."""
        self.write("text.lua", text)
        path = os.path.join(self.folder.name, name)
        subprocess.run([os.path.join(ROOT, "tools/mkscript.py"), "--version", "1.0", "--homepage", "urn:x", "--output",
                        path, os.path.join(self.folder.name, "text.lua")], check=True)
        if signer:
            subprocess.run(["sbsign", "--key", str(KEYS / (signer + ".key")), "--cert", str(KEYS / (signer + ".pem")),
                            "--output", path, path], check=True, stderr=subprocess.DEVNULL)
        return pathlib.Path(path)

    def console(self, *words, db="old", status=0):
        """What is said where Secure Boot trusts the key `db`; None: without Secure Boot."""
        lists = ["bootmgfw.efi=%s" % (KEYS / ("signed-%s.efi" % (db or "old")))]
        if db:
            self.write("db", key(db))
            lists = ["--db", "db"] + lists
        result = self.run_preview(*lists, "boot.wim", *words, status=status)
        return result.out + result.err


class SignedScript(SignedCase):
    """What counts as signed."""

    def test_signed(self):
        self.program("wimboot.lua", SAYS)
        out = self.console("wimboot.lua")
        self.assertIn("wimboot.lua is signed with a key that Secure Boot trusts\n", out)
        self.assertIn("signed: true\n", out)
        self.assertIn("signed: false\n", self.console("wimboot.lua", db=None))

    def test_without_secure_boot_the_signature_is_no_matter(self):
        self.program("wimboot.lua", SAYS, signer=None)
        self.assertIn("signed: false\n", self.console("wimboot.lua", db=None))
        result = self.run_preview("--firmware", "bios", "boot.wim", "wimboot.lua")
        self.assertIn("signed: false\n", result.out)

    def test_refused(self):
        refusal = "wimboot.lua: Secure Boot does not trust its signature (LoadImage: EFI_ACCESS_DENIED)"
        self.program("wimboot.lua", SAYS, signer=None)
        self.assertIn(refusal, self.console("wimboot.lua", status=1))
        self.program("wimboot.lua", SAYS)
        self.assertIn(refusal, self.console("wimboot.lua", db="new", status=1))
        program = self.program("wimboot.lua", SAYS)
        program.write_bytes(program.read_bytes().replace(b"signed: ", b"SIGNED: "))
        out = self.console("wimboot.lua", status=1)
        self.assertIn(refusal, out)
        self.assertNotIn("SIGNED: ", out)

    def test_a_program_without_a_script(self):
        out = self.console("wimboot.lua=%s" % (KEYS / "signed-old.efi"), status=1)
        self.assertIn("wimboot.lua is a program without a section .lua, so there is no script in it", out)

    def test_modules(self):
        """What a signed script runs is signed, too."""
        self.write("part.lua", "return 7\n")
        self.program("wimboot.lua", "print('part ' .. require('part'))\n")
        self.assertIn("require: part.lua is not signed, and a signed script runs no other",
                      self.console("wimboot.lua", "part.lua", status=1))
        self.assertIn("part 7\n", self.console("wimboot.lua", "part.lua", db=None))
        self.program("part.lua", "return 8\n")
        self.assertIn("part 8\n", self.console("wimboot.lua", "part.lua"))
        # An unsigned script does not become signed by a module that is.
        self.write("wimboot.lua", "require('part')\n" + SAYS)
        self.assertIn("signed: false\n", self.console("wimboot.lua", "part.lua"))


class Policy(SignedCase):
    """Settings of the boot configuration that need a signed script under Secure Boot."""

    TEST_SIGNING = "on.bcd = function(s) s['{default}'].testsigning = true end\n"
    REFUSAL = "under Secure Boot, testsigning (0x16000049) can only be set by a signed script. Sign the script"

    def test_guarded_element(self):
        self.write("wimboot.lua", self.TEST_SIGNING)
        self.assertRegex(self.console("wimboot.lua", status=1), r"BCD: \{\S+\}: under Secure Boot, testsigning")
        self.console("wimboot.lua", db=None)
        self.program("wimboot.lua", self.TEST_SIGNING)
        self.assertNotIn("under Secure Boot", self.console("wimboot.lua"))

    def test_what_is_open(self):
        self.write("wimboot.lua", "boot.index = 1\non.bcd = function(s)\n  local o = s['{default}']\n"
                   "  o.description, o.testsigning, o.quietboot = 'Mine', false, true\n"
                   "  s['{bootmgr}'].timeout = 3\nend\n")
        self.console("wimboot.lua")

    def test_ways_around(self):
        """By another object's inheritance, by the number, in a store made as bytes under another name."""
        for setting in ("local o = s:create('inherit') o['0x26000027'] = true s['{default}'].inherit = { o }",
                        "s['{default}'].loadoptions = 'DDISABLE_INTEGRITY_CHECKS'",
                        "s['{bootmgr}'].truncatememory = 0x10000000", "s['{default}'].debug = true"):
            self.write("wimboot.lua", "on.bcd = function(s) %s end\n" % setting)
            self.assertIn("under Secure Boot, ", self.console("wimboot.lua", status=1))
        self.write("wimboot.lua", "on.disk = function(disk)\n  local s = bcd.winpe { testsigning = true }\n"
                   "  disk:add('\\\\Boot\\\\other', s:file():read())\nend\n")
        self.assertIn(self.REFUSAL, self.console("wimboot.lua", status=1))

    def test_stores_as_registry_hives(self):
        """Nor by editing the store's keys: of the one that was given, of one in the image, of one that is added."""
        edit = ("  for _, id in ipairs(s:keys('Objects')) do\n    s:set('Objects\\\\' .. id .. "
                "'\\\\Elements\\\\16000049', 'Element', '\\1', 'binary')\n  end\n")
        for before, after in (("on.files = function()\n  local s = registry.open(bcd.winpe{}:file())\n",
                               "  files.BCD = s:file()\nend\n"),
                              ("on.wim = function(w)\n  local s = w:registry('\\\\Windows\\\\Boot\\\\DVD\\\\EFI\\\\BCD')\n",
                               "end\n"),
                              ("on.disk = function(disk)\n  local s = registry.open(bcd.winpe{}:file())\n",
                               "  disk:add('\\\\Boot\\\\x', s:file())\nend\n")):
            self.write("wimboot.lua", before + edit + after)
            self.assertIn(self.REFUSAL, self.console("wimboot.lua", status=1))

    def test_what_was_checked_is_what_is_on_the_disk(self):
        """A boot manager bisects, so of two keys of one name it may find the other: a store has only one of each."""
        self.write("wimboot.lua", "on.disk = function(disk)\n"
                   "  local s = bcd.winpe { testsigning = true }\n"
                   "  s['{default}'].nointegritychecks = false\n"
                   "  local bytes = s:file():read():gsub('16000049', '16000048')\n"
                   "  disk:add('\\\\Boot\\\\other', bytes)\n  disk:add('\\\\Boot\\\\again', bytes)\nend\n")
        for name in ("other", "again"):
            self.console("wimboot.lua", "--extract", "\\Boot\\%s=%s" % (name, name))
            self.assertEqual(pathlib.Path(self.folder.name, name).read_bytes().count(b"16000048"), 1)

    def test_no_other_store(self):
        """Nor may it lead boot managers to a store that nobody looked at."""
        for setting in ("bcddevice = 'locate=\\\\x'", "bcdfilepath = '\\\\x'"):
            self.write("wimboot.lua", "on.bcd = function(s) s['{bootmgr}'].%s end\n" % setting)
            self.assertRegex(self.console("wimboot.lua", status=1), "under Secure Boot, bcd(device|filepath) ")

    def test_what_was_given_stays(self):
        """A boot manager takes a given store without a signature; an unsigned script may change what it shows."""
        self.write("make.lua", "on.disk = function(disk)\n  disk:add('\\\\made', "
                   "bcd.winpe { testsigning = true }:file())\nend\n")
        self.run_preview("--extract", "\\made=BCD", "bootmgfw.efi=%s" % (KEYS / "signed-old.efi"), "boot.wim",
                         "make.lua", "--", "script=make.lua")
        self.write("wimboot.lua", "on.bcd = function(s) s['{default}'].description = 'Mine' end\n")
        self.console("BCD", "wimboot.lua")
        self.console("BCD")
        self.write("wimboot.lua", "on.bcd = function(s) s['{default}'].debug = true end\n")
        self.assertIn("debug (0x260000a0)", self.console("BCD", "wimboot.lua", status=1))
