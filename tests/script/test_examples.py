# SPDX-License-Identifier: BSD-2-Clause
"""The complete scripts of scripts/examples, every example of docs/script.md and every task of docs/tasks.md,
executed by the preview tool in both firmwares.

A script says in comments how it is tried:

    -- Preview: --smbios product="X" boot.wim other.txt -- site=hq    options, files, command line
    -- Prints: TEXT     what the console must show
    -- Disk: PATH       what must stand on the virtual disk
    -- Fails: TEXT      it must fail with this message

Files are the samples of tests/script/make_samples.sh; NAME=SAMPLE gives one another name; a file
that is no sample is made up. In the handbook the comments are HTML comments in front of the block.
"""
import html
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "guest"))

import tasks  # noqa: E402  pylint: disable=wrong-import-position

BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()
SAMPLES = {
    "boot.wim": BUILD / "test-script" / "boot.wim",
    "small.wim": BUILD / "test-script" / "small.wim",
    "win.iso": BUILD / "test-script" / "win.iso",
    "bootx64.efi": BUILD / "test-script" / "bootx64.efi",
    "BCD": ROOT / "tests/data/bcd/BCD.winpe-any",
    "hello.txt": ROOT / "tests/script/hello.txt",
    "card.inf": ROOT / "tests/script/card.inf",
    "machines.csv": ROOT / "tests/script/machines.csv",
    "site.reg": ROOT / "tests/script/site.reg",
    "template.xml": ROOT / "tests/script/template.xml",
}
OPTIONS_WITH_VALUE = {"--cpu", "--smbios", "--memory", "--mac", "--pci", "--keys", "--firmware", "--url"}


def expand(words):
    """As a shell does it: a{1..3} is a1, a2, a3."""
    result = []
    for word in words:
        range_ = re.search(r"\{(\d+)\.\.(\d+)\}", word)
        result += [word.replace(range_[0], str(number)) for number in range(int(range_[1]), int(range_[2]) + 1)
                   ] if range_ else [word]
    return result


class Example:
    """A script and how it is tried."""

    def __init__(self, where, name, text, comments):
        self.where, self.name, self.text = where, name, text
        self.wanted = {key: [] for key in ("Preview", "Prints", "Disk", "Fails")}
        for key, value in comments:
            self.wanted[key].append(value)

    def command(self, folder, firmware):
        """The preview's arguments; files that are no samples are made up in the folder."""
        preview = (self.wanted["Preview"] or ["boot.wim"])[0]
        words, _, line = preview.partition(" -- ") if " -- " in preview else (preview, "", "")
        options, files = [], []
        words = expand(shlex.split(words))
        while words:
            word = words.pop(0)
            if word in OPTIONS_WITH_VALUE:
                options += [word, words.pop(0)]
            elif word.startswith("--"):
                options.append(word)
            else:
                name, _, sample = word.partition("=")
                path = SAMPLES.get(sample or name, folder / name)
                if not path.exists():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(tasks.FILES.get(name, f"made up {name}\n"))
                files.append(f"{name}={path}")
        script = folder / self.name
        script.write_text(self.text)
        if "--firmware" not in options:
            options += ["--firmware", firmware]
        return [BUILD / "host" / "wimboot-preview", *options, *files, script, "--",
                f"script={self.name}", *shlex.split(line)]

    def try_it(self, test, firmware):
        """Run it and compare what it shows."""
        with tempfile.TemporaryDirectory() as name:
            command = self.command(pathlib.Path(name), firmware)
            result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        output = result.stdout + result.stderr
        where = f"{self.where} ({firmware}):\n{output}"
        test.assertEqual(result.returncode, 1 if self.wanted["Fails"] else 0, where)
        for text in self.wanted["Prints"] + self.wanted["Fails"]:
            test.assertIn(text, output, where)
        for path in self.wanted["Disk"]:
            test.assertRegex(output, r"\bpaths?, first " + re.escape(path), where)


def complete_scripts():
    """scripts/examples/*.lua."""
    for path in sorted((ROOT / "scripts/examples").glob("*.lua")):
        text = path.read_text()
        comments = re.findall(r"^-- (Preview|Prints|Disk|Fails): (.*)$", text, re.M)
        yield Example(str(path.relative_to(ROOT)), path.name, text, comments)


def handbook_examples():
    """The blocks of docs/script.md that are marked as Lua."""
    text = (ROOT / "docs/script.md").read_text()
    for match in re.finditer(r"((?:^<!-- [^\n]* -->\n)*)^```lua\n(.*?)^```$", text, re.M | re.S):
        comments = re.findall(r"^<!-- (Preview|Prints|Disk|Fails): (.*) -->$", match[1], re.M)
        comments = [(key, html.unescape(value)) for key, value in comments]
        line = text.count("\n", 0, match.start(2)) + 1
        yield Example(f"docs/script.md:{line}", "boot.lua", match[2], comments)


def administrators_tasks():
    """The blocks of docs/tasks.md."""
    for task in tasks.read().values():
        comments = [(key, text) for key in ("Preview", "Prints", "Disk", "Fails") for text in task.wanted[key]]
        yield Example(f"docs/tasks.md: {task.title}", "boot.lua", task.script, comments)


class Examples(unittest.TestCase):
    """One test for each place that examples come from."""

    def try_all(self, examples, least):
        examples = list(examples)
        self.assertGreaterEqual(len(examples), least)
        for example in examples:
            for firmware in ("efi", "bios"):
                with self.subTest(example=example.where, firmware=firmware):
                    example.try_it(self, firmware)

    def test_complete_scripts(self):
        """Each complete script works, says what it should, and passes the users' luacheck."""
        self.try_all(complete_scripts(), 8)

    def test_handbook(self):
        """Each example of the handbook works."""
        self.try_all(handbook_examples(), 40)

    def test_tasks(self):
        """Each task works, in at most ten lines."""
        self.try_all(administrators_tasks(), 15)
        for task in tasks.read().values():
            self.assertLessEqual(len(task.script.splitlines()), 10, task.title)
            self.assertTrue(task.wanted["Prints"] or task.wanted["Fails"], task.title)

    def test_every_member_is_documented(self):
        """What a script can call is in the handbook and in the file for editors: names from the
        bindings' tables."""
        documented = set(re.findall(r"[.:`](\w+)", (ROOT / "docs/script.md").read_text()))
        annotated = set(re.findall(r"(?:[.:]|field )(\w+)", (ROOT / "scripts/meta/wimboot.lua").read_text()))
        for path in sorted((ROOT / "lua").glob("lua_*.c")):
            if path.name == "lua_loader.c":
                continue
            source = path.read_text()
            names = re.findall(r'\.name = "(\w+)", \.(?:get|method)', source)
            names += re.findall(r'\{"([a-z]\w*)", [a-z]\w*\}', source)
            self.assertEqual([name for name in names if name not in documented], [],
                             f"{path.name}: these are not in docs/script.md")
            self.assertEqual([name for name in names if name not in annotated], [],
                             f"{path.name}: these are not in scripts/meta/wimboot.lua")

    def test_luacheck(self):
        """Users' configuration for luacheck accepts the examples."""
        result = subprocess.run(
            ["luacheck", "-q", "--config", ROOT / "scripts/wimboot.luacheckrc", ROOT / "scripts/examples"],
            capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    unittest.main()
