#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a newcomer meets first: make's targets, and what the tools say of what is missing."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, **environment):
    """Run a command in the repository, without what an outer make tells an inner one."""
    kept = {key: value for key, value in os.environ.items()
            if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(command, cwd=ROOT, env=kept | environment, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Targets(unittest.TestCase):
    # What other targets use, besides parts of one ("lint-clang").
    INTERNAL = {"all", "iso-given", "site-given", "usb-given", "key-given", "script-given", "inputs-readable",
                "print-lua-flags"}

    def test_help_has_every_target(self):
        database = run("make", "-npq", "help").stdout
        listed = " ".join(re.findall(r"^\.PHONY:(.*)", database, re.MULTILINE)).split()  # also in what is defined
        phony = {target for target in listed if not target.startswith(("lint-", "$"))}
        told = set(re.findall(r"^make ([a-z][a-z0-9-]*)", run("make", "help").stdout, re.MULTILINE))
        self.assertEqual(told, phony - self.INTERNAL)

    def test_boot_asks_for_an_iso(self):
        result = run("make", "boot")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("make boot ISO=windows.iso", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_signing_asks_for_a_key(self):
        for words in ("sign",), ("script", "SCRIPT=boot.lua"), ("sign", "KEY=my.key"):
            result = run("make", *words)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn("make %s KEY=my.key CERT=my.pem" % words[0], result.stderr)
            self.assertEqual(result.stdout, "")
        self.assertIn("Which script?", run("make", "script", "KEY=my.key", "CERT=my.pem").stderr)

    def test_site_asks_where(self):
        for target, says in ("site", "make site DIR=/srv/http/boot"), ("usb", "make usb OUT=boot.img"):
            result = run("make", target)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(says, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_tools_in_sbin_are_found(self):
        """Debian gives an ordinary user no PATH to /usr/sbin."""
        database = run("make", "-npq", "help", PATH="/usr/bin:/bin").stdout
        self.assertRegex(database, r"(?m)^PATH := /usr/bin:/bin:/usr/sbin:/sbin$")

    def test_tools_have_a_locale(self):
        """A minimal Debian has none, and 7-Zip then spoils the names of files."""
        self.assertRegex(run("make", "-npq", "help", LC_ALL="POSIX").stdout, r"(?m)^LC_ALL := C.UTF-8$")


class Need(unittest.TestCase):
    def missing(self, target, folder):
        """need.sh where PATH has nothing but bash's own needs."""
        for tool in ("bash", "sed"):
            os.symlink("/bin/" + tool, os.path.join(folder, tool))
        return run("/bin/bash", "tools/need.sh", target, PATH=folder)

    def test_says_where_it_looked(self):
        with tempfile.TemporaryDirectory() as folder:
            result = self.missing("unit", folder)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"missing: fsck.fat, looked for in {folder} (package dosfstools)",
                          result.stderr)
            self.assertRegex(result.stderr, r"apt-get install .*dosfstools")

    # What set-up installs and no target checks: it comes with what is checked, make runs already, or the
    # tests of arm64, and those with a network of their own, are skipped without it.
    UNCHECKED = {"libc6-dev", "make", "dpkg-dev", "ca-certificates", "qemu-system-arm", "qemu-efi-aarch64",
                 "dnsmasq-base", "iproute2"}

    def test_every_package_is_set_up(self):
        """What need.sh would have installed, setup.sh installs, and nothing else."""
        packages = set(re.findall(r"^ *(?:\w+\) )?need (\S+) ",
                                  (ROOT / "tools/need.sh").read_text(), re.MULTILINE))
        setup = set()
        for found in re.findall(r"^(?:test_)?packages=\((.*?)\)$", (ROOT / "tools/setup.sh").read_text(),
                                re.MULTILINE | re.DOTALL):
            setup.update(re.sub(r"#.*", "", found).split())
        self.assertEqual(packages, setup - self.UNCHECKED)


class Summaries(unittest.TestCase):
    """The closing line counts what was skipped, where something was."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def program(self, name, *lines, status=0):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/bash\n%sexit %d\n" % ("".join("echo '%s'\n" % line for line in lines), status))
        os.chmod(path, 0o755)
        return path

    def closing(self, *command, status=0, **environment):
        result = run(*command, **environment)
        self.assertEqual(result.returncode, status, result.stdout)
        return result.stdout.splitlines()[-1]

    def test_unit(self):
        good = self.program("good", "100%: Checks: 3, Failures: 0, Errors: 0")
        skips = self.program("skips", "skipped: one: no such processor",
                             "100%: Checks: 4, Failures: 0, Errors: 0")
        bad = self.program("bad", "50%: Checks: 2, Failures: 1, Errors: 0", status=1)
        leaks = self.program("leaks", "100%: Checks: 1, Failures: 0, Errors: 0", status=1)
        crashes = self.program("crashes", status=139)
        self.assertEqual(self.closing("tests/run-unit.sh", good), "3 passed, 0 failed")
        self.assertEqual(self.closing("tests/run-unit.sh", good, skips), "6 passed, 0 failed, 1 skipped")
        self.assertEqual(self.closing("tests/run-unit.sh", skips, bad, leaks, crashes, status=1),
                         "5 passed, 3 failed, 1 skipped")

    def test_check_adds_up(self):
        path = self.folder.name + ":/usr/bin:/bin"
        self.program("make", "3 passed, 0 failed")
        self.assertEqual(self.closing("tests/check.sh", "a", "b", PATH=path), "6 passed, 0 failed")
        self.program("make", "3 passed, 0 failed, 2 skipped")
        self.assertEqual(self.closing("tests/check.sh", "a", "b", PATH=path), "6 passed, 0 failed, 4 skipped")
        self.program("make", "3 passed, 1 failed", status=2)
        self.assertEqual(self.closing("tests/check.sh", "a", "b", PATH=path, status=1), "6 passed, 2 failed")
        self.program("make", "no summary", status=2)
        self.assertEqual(self.closing("tests/check.sh", "a", PATH=path, status=1), "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
