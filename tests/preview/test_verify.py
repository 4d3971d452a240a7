#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""--verify finds damage that nothing else would see before Windows does."""
import pathlib
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_preview import Case, broken_wim  # noqa: E402  pylint: disable=wrong-import-position

FLIPS = 21


class Verify(Case):
    def lookup_table(self, name):
        """Where the lookup table of a WIM is; all contents are in front of it."""
        data = pathlib.Path(self.folder.name, name).read_bytes()
        return struct.unpack_from("<Q", data, 56)[0]

    def test_sound(self):
        """What is sound boots, as it is and changed."""
        self.write("new.txt", "new")
        for words in (["boot.wim"], ["boot.wim", "new.txt"], ["boot.wim", "new.txt", "--", "index=3"]):
            result = self.run_preview("--verify", *words)
            self.assertNotIn("\n! ", result.out)
        self.assertEqual(self.json("--verify", "boot.wim")["damage"], [])

    def test_flipped_bytes(self):
        """Of bytes that are wrong anywhere in the contents, each is found, and its path is named."""
        end = self.lookup_table("boot.wim")
        seen_without = 0
        for number in range(FLIPS):
            at = 208 + (end - 208) * number // FLIPS

            def flip(wim, at=at):
                wim[at] ^= 0x10
            self.write("bad.wim", broken_wim(flip))
            result = self.run_preview("--verify", "boot.wim=bad.wim", status=1)
            self.assertRegex(result.err, r"would not boot: .*boot\.wim", "byte %d" % at)
            seen_without += subprocess.run([str(pathlib.Path(__file__).resolve().parents[2] / "build/host/wimboot-preview"),
                                            "boot.wim=bad.wim"], cwd=self.folder.name, capture_output=True,
                                           check=False).returncode
        self.assertLess(seen_without, FLIPS, "--verify is not needed")

    def test_integrity_table(self):
        """The WIM's integrity table also covers what is no contents: here the reference count of a blob."""
        path = pathlib.Path(self.folder.name, "boot.wim")
        subprocess.run(["wimlib-imagex", "optimize", str(path), "--check"], check=True, capture_output=True)
        self.run_preview("--verify", "boot.wim")
        data = bytearray(path.read_bytes())
        data[self.lookup_table("boot.wim") + 26] ^= 1
        path.write_bytes(data)
        self.run_preview("boot.wim")
        self.write("new.txt", "new")
        for words in (["boot.wim"], ["boot.wim", "new.txt"]):
            result = self.run_preview("--verify", *words, status=1)
            self.assertIn("would not boot: boot.wim: the bytes from 0xd0 to ", result.err)
            self.assertIn("do not match the WIM's integrity table", result.err)

    def test_in_a_script(self):
        """w:verify() of the image that boots, or of another one."""
        def flip(wim):
            wim[208] ^= 1
        self.write("bad.wim", broken_wim(flip))
        self.write("good.lua", "wim.open(files['boot.wim']):verify()\nprint('verified')\n")
        self.assertIn("verified", self.run_preview("boot.wim", "good.lua", "--", "script=good.lua").out)
        self.write("all.lua", "local w = wim.open(files['boot.wim'])\nfor i in ipairs(w.images) do w:verify(i) end\n")
        result = self.run_preview("boot.wim=bad.wim", "all.lua", "--", "script=all.lua", status=1)
        self.assertRegex(result.err, r"all\.lua:2: wim:verify: boot\.wim: \\")
        self.write("none.lua", "wim.open(files['boot.wim']):verify(4)\n")
        self.assertIn("has no image 4", self.run_preview("boot.wim", "none.lua", "--", "script=none.lua", status=1).err)


if __name__ == "__main__":
    unittest.main()
