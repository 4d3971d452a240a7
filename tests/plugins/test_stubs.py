# SPDX-License-Identifier: BSD-2-Clause
"""Adding a folder to plugins/ is all that a plugin takes, of whatever kind.

A copy of the tree, with what is built of it, gets the stubs beside this file. It is built, and their
tests run; nothing else in the copy is edited.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / os.environ.get("BUILD", "build")
STUBS = sorted(path.name for path in HERE.glob("stub_*"))
RESIDENT = range(0x20000, 0x30000)  # bios/wimboot.ld


def ignore(folder, names):
    """Leave out what the copy does not need: the history, and what tests made."""
    folder = pathlib.Path(folder)
    if folder == ROOT:
        return {".git", BUILD.name}
    if folder == BUILD:
        folders = {name for name in names if (folder / name).is_dir()}
        return folders - {"asan", "bios", "efi-arm64", "efi-x86_64", "host", "lua", "scripts", "tools", "xxhash"}
    if BUILD / "asan" in folder.parents:
        return {name for name in names if (folder / name).is_file() and name[-2:] not in (".o", ".d")}
    return set()


class StubsTest(unittest.TestCase):
    """One build with all stubs."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(dir=BUILD)
        cls.addClassCleanup(folder.cleanup)
        cls.tree = pathlib.Path(folder.name) / "tree"
        shutil.copytree(ROOT, cls.tree, ignore=ignore, symlinks=True)
        shutil.copytree(BUILD, cls.tree / "build", ignore=ignore, symlinks=True)
        for stub in STUBS:
            shutil.copytree(HERE / stub, cls.tree / "plugins" / stub)
        cls.tests = [str(path.with_suffix("").relative_to(cls.tree))
                     for path in cls.tree.glob("plugins/stub_*/test_*.c")]  # fmt: skip
        cls.output = cls.run_in_tree(
            "make", f"-j{os.cpu_count()}", "BUILD=build", "all", "preview",
            *(f"build/asan/{test}" for test in cls.tests))  # fmt: skip

    @classmethod
    def run_in_tree(cls, *command, status=0):
        """Run a command in the copy, apart from a make that runs us; its output."""
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}  # fmt: skip
        result = subprocess.run(command, cwd=cls.tree, env=environment, capture_output=True,
                                text=True, check=False)  # fmt: skip
        assert result.returncode == status, f"{command}: {result.stdout}{result.stderr}"
        return result.stdout + result.stderr

    def test_there_is_a_stub_of_each_kind(self):
        kinds = set()
        for stub in STUBS:
            text = (HERE / stub / f"{stub}.c").read_text()
            kinds.add(text.split("PLUGIN(", 1)[1].split(",", 1)[0])
        tables = subprocess.run(["git", "grep", "-hoE", r"^PLUGIN_TABLE\(\w+", "--", "*.h"], cwd=ROOT,
                                capture_output=True, text=True, check=True).stdout  # fmt: skip
        self.assertEqual(kinds, {line.split("(")[1] for line in tables.split()})

    def test_only_the_stubs_were_compiled(self):
        compiled = [line.split()[-1] for line in self.output.splitlines()
                    if line.split()[:1] == ["CC"]]  # fmt: skip
        self.assertGreaterEqual(len(compiled), 4 * len(STUBS))
        self.assertEqual([path for path in compiled if "/plugins/stub_" not in path], [])

    def test_their_unit_tests_pass(self):
        self.assertGreaterEqual(len(self.tests), len(STUBS) - 1)  # the module's is a script
        for test in self.tests:
            with self.subTest(test=test):
                self.assertIn("100%", self.run_in_tree(f"build/asan/{test}"))

    def test_scripts_see_them(self):
        output = self.run_in_tree("build/host/wimboot-preview", HERE / "stubs.lua", "--",
                                  "script=stubs.lua", status=1)  # fmt: skip
        self.assertIn("all stubs answer", output)

    def test_resident_code_is_resident(self):
        symbols = self.run_in_tree("nm", "build/bios/wimboot.elf")
        places = {line.split()[2]: int(line.split()[0], 16) for line in symbols.splitlines()}
        self.assertIn(places["stub_disk_show"], RESIDENT)
        self.assertIn(places["shown"], RESIDENT)
        self.assertNotIn(places["stub_disk_plugin"], RESIDENT)


if __name__ == "__main__":
    unittest.main()
