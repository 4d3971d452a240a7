#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the machine's screen says: its title, who decided what, and what to do."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_preview import ROOT, Case, samples  # noqa: E402  pylint: disable=wrong-import-position

VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()


class Screen(Case):
    def test_title(self):
        """The first line names the machine, as far as it is known."""
        for words, title in (
                (["--firmware", "bios"], " | 4 GB | BIOS"),
                (["--firmware", "bios", "--memory", "512M"], " | 512 MB | BIOS"),
                (["--memory", "2147483647"], " | 2 GB | UEFI"),
                (["--smbios", "product=OptiPlex 7090", "--smbios", "serial=S-1", "--memory", "16G", "--secure-boot",
                  "--mac", "52:54:00:12:34:56"],
                 " | OptiPlex 7090 | S-1 | 16 GB | UEFI | Secure Boot | 52:54:00:12:34:56")):
            first = self.run_preview(*words, "boot.wim").out.split("\n")[0]
            self.assertEqual(first, "wimboot " + VERSION + title)
        out = self.run_preview("--firmware", "bios", "boot.wim", "--", "mac=52-54-00-aa-bb-cc").out
        self.assertIn(" | 4 GB | BIOS | 52-54-00-aa-bb-cc\n", out)
        self.assertNotIn("wimboot " + VERSION, self.run_preview("boot.wim", "--", "quiet").out)
        self.assertIn("wimboot " + VERSION, self.run_preview("boot.wim", "--", "quiet", "index=9", status=1).out)

    def test_who_decided(self):
        """Each change of a script's is named with the line that made it; the loader's own are not."""
        self.write("old.inf", "x")
        self.write("notes.txt", "x")
        self.write("common.lua", "function on.disk(d)\n  d:add('/Extra/a.txt', 'a')\n"
                                 "  d:remove('/Boot/Fonts')\nend\n")
        self.write("boot.lua", "require 'common'\n"
                               "boot.index = 3\n"
                               "files['startnet.cmd'] = 'wpeinit'\n"
                               "files['old.inf'] = nil\n"
                               "function on.wim(w)\n"
                               "  w:inject('/Windows/System32/winpeshl.ini', 'x')\n"
                               "  w:remove('/Windows/System32/whole-chunks.bin')\n"
                               "end\n"
                               "map { { '*.txt', '/Docs/' } }\n"
                               "function on.bcd(s)\n"
                               "  s['{bootmgr}'].timeout = 7\n"
                               "  s['{default}'].detecthal = nil\n"
                               "end\n")
        out = self.run_preview("--firmware", "bios", "boot.wim", "old.inf", "notes.txt", "common.lua", "boot.lua", "--",
                               "script=boot.lua").out
        for line in ("files added by the script: startnet.cmd (boot.lua:3)",
                     "files removed by the script: old.inf (boot.lua:4)",
                     "boot.wim: booting image 3 of 3: Image 3 (boot.lua:2)",
                     "injected by the script: \\Windows\\System32\\winpeshl.ini (boot.lua:6)",
                     "removed by the script: \\Windows\\System32\\whole-chunks.bin (boot.lua:7)",
                     "mapped by the script: notes.txt (boot.lua:9)",
                     "BCD, by the script: timeout 7, no detecthal Yes (boot.lua:11, boot.lua:12)",
                     "added to the disk by the script: \\Extra\\a.txt (common.lua:2)",
                     "removed from the disk by the script: \\Boot\\Fonts (common.lua:3)"):
            self.assertIn("\n" + line + "\n", out)
        out = self.run_preview("boot.wim", "notes.txt", "--", "index=1").out
        self.assertNotIn("by the script", out)
        self.assertNotIn(".lua:", out)

    def test_many_changes(self):
        """The first four, how many more, and the first three lines."""
        self.write("wimboot.lua", "function on.wim(w)\n" + "".join(
            "  w:inject('/d/%d.txt', 'x')\n" % number for number in range(40)) + "end\n")
        self.assertIn("\ninjected by the script: \\d\\0.txt, \\d\\1.txt, \\d\\2.txt, \\d\\3.txt and 36 more "
                      "(wimboot.lua:2, wimboot.lua:3, wimboot.lua:4)\n",
                      self.run_preview("boot.wim", "wimboot.lua").out)
        out = self.run_preview("boot.wim", "wimboot.lua", "--", "rawwim").out
        self.assertIn("\ninjected by the script: \\d\\0.txt, ", out)

    def test_menu(self):
        """A menu is as high and wide as the screen, and draws again only what changes."""
        self.write("wimboot.lua", "local long = { title = ('wide '):rep(40) }\n"
                                  "for i = 1, 100 do\n"
                                  "  long[i] = { ('item %d äöü '):format(i) .. ('x'):rep(200) }\nend\n"
                                  "menu(long)\n")
        out = self.run_preview("--keys", "<down><down><up>6<enter>", "boot.wim", "wimboot.lua").out
        screens = out.split("wimboot " + VERSION)[2:-1]
        self.assertEqual(len(screens), 1, "not the first screen alone is drawn as a whole")
        lines = screens[0].split("\n")
        help_line = next(i for i, line in enumerate(lines) if line.startswith("Arrow keys and Enter choose"))
        self.assertLess(help_line, 24)
        for line in lines:
            self.assertLess(len(line), 80)
        self.assertEqual([line[:12] for line in lines[1:6]],
                         ["", "wide wide wi", "", "> 1 item 1 \u00e4", "  2 item 2 \u00e4"])
        self.assertEqual([line[:10] for line in lines if line.startswith(" " * 6)], ["      ..."])
        moves = [line[:10] for line in lines[help_line + 1:] if line]
        self.assertEqual(moves, ["  1 item 1", "> 2 item 2", "  2 item 2", "> 3 item 3", "  3 item 3", "> 2 item 2"])
        self.assertIn("\nmenu: item 6 ", out)
        scrolled = self.run_preview("--keys", "<up>" + "<down>" * 17 + "<enter>", "boot.wim", "wimboot.lua").out
        self.assertIn("> - item 18", scrolled.replace(">   item", "> - item"))
        self.assertEqual(len(scrolled.split("wimboot " + VERSION)), 5, "a list that scrolls is drawn again")

    def test_manager_of_the_script(self):
        self.write("mine.efi", samples.read(str(ROOT / "build"), "guest", "bootmgfw.efi"))
        self.write("wimboot.lua", "boot.manager = files['mine.efi']\n")
        self.assertIn("\nboot manager: mine.efi (wimboot.lua:1)\n",
                      self.run_preview("boot.wim", "mine.efi", "wimboot.lua").out)

    def test_changes_of_the_store_in_the_wim(self):
        """Also a store that nobody gave has lines that are not its own."""
        self.write("wimboot.lua", "function on.bcd(s) s['{bootmgr}'].timeout = 7 end\n")
        for firmware in "bios", "efi":
            out = self.run_preview("--firmware", firmware, "boot.wim", "wimboot.lua").out
            self.assertRegex(out, r"\n\+ timeout +7\n")
            self.assertRegex(out, r"\n  identifier +\{bootmgr\}\n")
        bcd = self.json("--firmware", "bios", "boot.wim", "wimboot.lua")["bcd"]
        self.assertEqual(len([line for line in bcd if line["changed"]]), 1, bcd)

    def test_answers_of_each_machine(self):
        """Each machine of --machine has its own user."""
        self.write("wimboot.lua", "menu { { 'One', index = 1 }, { 'Three', index = 3 } }\n")
        self.write("machines.lua", "return { { name = 'a', keys = '2' }, { name = 'b', keys = '<down><enter>' },\n"
                                   "         { name = 'c' } }\n")
        reports = self.json("--keys", "1", "--machine", "machines.lua", "boot.wim", "wimboot.lua")
        self.assertEqual([report["wims"][0]["boot_index"] for report in reports], [3, 3, 1])
        script = self.write("boot.ipxe", "#!ipxe\nmenu\nitem one\nitem three\nchoose which\ngoto ${which}\n"
                                         ":one\nset words index=1\ngoto boot\n:three\nset words index=3\n"
                                         ":boot\nkernel wimboot ${words}\ninitrd boot.wim boot.wim\nboot\n")
        self.write("machines.lua", "return { { answers = { 'three' } }, { answers = { 'one' } }, {} }\n")
        reports = self.json("--answer", "three", "--machine", "machines.lua", "--ipxe", script)
        self.assertEqual([report["wims"][0]["boot_index"] for report in reports], [3, 1, 3])
        for wrong in ("answers = 'x'", "answers = { {} }", "keys = {}"):
            self.write("machines.lua", "return { %s }\n" % wrong)
            self.assertIn("machines.lua: " + wrong.split()[0],
                          self.run_preview("--machine", "machines.lua", "boot.wim", status=2).err)

    def test_installed_anywhere(self):
        """The test start finds its loader beside the program, whatever PREFIX was."""
        target = os.path.join(self.folder.name, "root")
        subprocess.run(["make", "-s", "install", "DESTDIR=" + target, "PREFIX=/opt/tools"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        self.write("bin/qemu-system-x86_64", "#!/bin/sh\nwhile [ $1 != -kernel ]; do shift; done\necho $2 > kernel\n")
        os.chmod(os.path.join(self.folder.name, "bin/qemu-system-x86_64"), 0o755)
        environment = dict(os.environ, PATH=self.folder.name + "/bin:" + os.environ["PATH"])
        subprocess.run([target + "/opt/tools/bin/wimboot-preview", "--qemu", "boot.wim"], cwd=self.folder.name,
                       env=environment, check=True, capture_output=True, timeout=60)
        kernel = pathlib.Path(self.folder.name, "kernel").read_text(encoding="utf-8").strip()
        self.assertTrue(os.path.samefile(kernel, target + "/opt/tools/share/wimboot/wimboot"), kernel)


if __name__ == "__main__":
    unittest.main()
