#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same input gives the same output, whatever was in memory before.

glibc fills what malloc() returns with a byte that MALLOC_PERTURB_ names, and what free() takes with
its complement. Memory that is used before it is written shows as a difference between two runs.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PREVIEW = BUILD / "host" / "wimboot-preview"
sys.path.insert(0, str(ROOT / "tests" / "guest"))

import samples  # noqa: E402  pylint: disable=wrong-import-position

# malloc() fills with the complement: 0x00 and 0xFE. (0 switches it off, so 0xFF is not possible.)
FILLS = {"0x00": "255", "0xfe": "1"}

SCRIPT = """
boot.index = 3
function on.wim(w)
    w:inject("\\\\new\\\\file.txt", "new")
    w:remove("\\\\Windows\\\\System32\\\\whole-chunks.bin")
    for name, attributes, size, sha1 in w:list("\\\\Windows\\\\System32") do
        print(name, attributes, size, sha1)
    end
end
function on.bcd(s)
    s["{bootmgr}"].timeout = 5
    print(s:copy(s["{default}"], "copy"), s:dump())
end
files["joined.bin"] = file.new("joined.bin", "x", files["boot.wim"]:slice(5, 5000), "y")
print(files["joined.bin"]:hash("xxh3"))
"""

RUNS = {
    "bios": ["--firmware", "bios", "boot.wim"],
    "efi": ["--firmware", "efi", "boot.wim", "extra.txt", "Drivers/net/a.inf"],
    "script": ["--firmware", "efi", "--trace-lua", "boot.wim", "BCD", "wimboot.lua"],
    "json": ["--firmware", "bios", "--json", "boot.wim", "BCD", "wimboot.lua", "extra.txt"],
    "damaged": ["boot.wim=damaged.wim"],
}


class Fill(unittest.TestCase):
    """Runs that differ in nothing but the bytes in fresh memory."""

    def outputs(self, arguments, perturb):
        """What a run says, and the digests of the files that it writes."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            wim = samples.wim(str(BUILD))
            (folder / "boot.wim").write_bytes(wim)
            (folder / "damaged.wim").write_bytes(wim[: len(wim) // 2])
            (folder / "BCD").write_bytes((ROOT / "tests/data/bcd/BCD.winpe-any").read_bytes())
            (folder / "wimboot.lua").write_text(SCRIPT)
            (folder / "extra.txt").write_text("extra\r\n")
            (folder / "Drivers/net").mkdir(parents=True)
            (folder / "Drivers/net/a.inf").write_text("[Version]\r\n")
            given = {path for path in folder.rglob("*") if path.is_file()}
            result = subprocess.run(
                # The log has times, which differ from run to run.
                [str(PREVIEW), "--image", "disk.img", *arguments, "--", "nolog"], cwd=name, capture_output=True,
                env=dict(os.environ, MALLOC_PERTURB_=perturb), timeout=120, check=False)
            written = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                       for path in folder.rglob("*") if path.is_file() and path not in given}
        return result.returncode, result.stdout.decode(), result.stderr.decode(), written

    def test_outputs_are_equal(self):
        for name, arguments in RUNS.items():
            with self.subTest(name):
                first, second = (self.outputs(arguments, fill) for fill in FILLS.values())
                self.assertEqual(first, second)
                self.assertEqual("disk.img" in first[3], name != "damaged", first[:3])

    def test_fills_differ(self):
        # What a program sees of memory that it did not write: the test itself can fail.
        program = ("import ctypes; c = ctypes.CDLL(None); c.malloc.restype = ctypes.c_void_p\n"
                   "print(ctypes.string_at(c.malloc(100000), 100000)[-50:].hex())")
        seen = {fill: subprocess.run([sys.executable, "-c", program], capture_output=True, check=True,
                                     env=dict(os.environ, MALLOC_PERTURB_=value)).stdout.decode().strip()
                for fill, value in FILLS.items()}
        self.assertEqual(seen, {fill: fill[2:] * 50 for fill in FILLS})


if __name__ == "__main__":
    unittest.main()
