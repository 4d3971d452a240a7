#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""wimboot-preview from end to end: what it shows, writes and returns.

That it agrees with the loader is tested with guests, in tests/guest/test_preview.py.
"""
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PREVIEW = BUILD / "host" / "wimboot-preview"
sys.path.insert(0, str(ROOT / "tests" / "guest"))

import samples  # noqa: E402  pylint: disable=wrong-import-position


class Case(unittest.TestCase):
    """Runs the tool in a folder of its own with the sample WIM in it."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("boot.wim", samples.wim(str(BUILD)))

    def write(self, name, data):
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    def run_preview(self, *words, status=0):
        result = subprocess.run([str(PREVIEW), *words], cwd=self.folder.name, capture_output=True,
                                timeout=60, check=False)
        result.out, result.err = result.stdout.decode(), result.stderr.decode()
        self.assertEqual(result.returncode, status, result.out + result.err)
        return result

    def json(self, *words, status=0):
        return json.loads(self.run_preview("--json", *words, status=status).out)



class Preview(Case):
    """What boots."""

    def test_slim(self):
        """The image alone is on the disk, with the preview's own changes; the store still finds its programs."""
        result = self.run_preview("--image", "disk.img", "boot.wim", "--", "slim", "index=1")
        self.assertRegex(result.out, r"boot\.wim: image 1 alone: [0-9.]+ kB of [0-9.]+ kB, so Windows needs less memory")
        raw = self.run_preview("boot.wim", "--", "slim", "rawwim")
        self.assertNotIn("alone", raw.out)

    def in_image(self, name, *words):
        """A file in the image that boots, as wimlib finds it; None: there is none."""
        self.run_preview("--extract", "\\Sources\\boot.wim=out.wim", *words)
        result = subprocess.run(["wimlib-imagex", "extract", "out.wim", str(samples.BOOT_IMAGE), name, "--to-stdout"],
                                cwd=self.folder.name, capture_output=True, check=False)
        return result.stdout.decode() if result.returncode == 0 else None

    def test_log_and_facts(self):
        """What was said, up to the end, and facts that no value can make commands of."""
        self.write("extra.txt", "new\r\n")
        words = ["--smbios", 'serial=A"&B%C', "boot.wim", "extra.txt", "--", "site=hq", "a-b=\u00fc"]
        log = self.in_image("/Windows/wimboot.log", *words)
        self.assertRegex(log, r"\A\[  0\.\d{3}\] wimboot ")
        self.assertIn("injected extra.txt\r\n", log)
        self.assertIn("boot manager: ", log)
        lines = self.in_image("/Windows/wimboot.cmd", *words).split("\r\n")
        for line in ('@set "WIMBOOT_SITE=hq"', '@set "WIMBOOT_A_B=?"', '@set "WIMBOOT_SERIAL=A\'&B%%C"',
                     '@set "WIMBOOT_INDEX=2"', '@set "WIMBOOT_FIRMWARE=efi"'):
            self.assertIn(line, lines)
        facts = json.loads(self.in_image("/Windows/wimboot.json", *words))
        self.assertEqual((facts["site"], facts["a_b"], facts["serial"], facts["index"], facts["secure_boot"]),
                         ("hq", "\u00fc", 'A"&B%C', 2, 0))
        for more in (["nolog"], ["rawwim"]):
            self.assertIsNone(self.in_image("/Windows/wimboot.log", *words, *more))
        self.assertIn("boot manager: ", self.in_image("/Windows/wimboot.log", "boot.wim"))
        small = ["--memory", "192M", "boot.wim"]
        self.assertIsNone(self.in_image("/Windows/wimboot.log", *small), "there is little memory")
        self.write("wimboot.lua", "boot.log = true")
        self.assertIn("script: wimboot.lua", self.in_image("/Windows/wimboot.log", *small, "wimboot.lua"))

    def test_image_that_cannot_have_the_log(self):
        """It boots as it is, or with nothing but another boot index, and a line says why."""
        subprocess.run(["wimlib-imagex", "export", "boot.wim", "3", "pipable.wim", "--pipable", "--boot"],
                       cwd=self.folder.name, check=True, capture_output=True)
        images = [samples.image_files(str(BUILD), index) | {"Windows/wimboot.log/x": b""} for index in (1, 2)]
        samples.make_wim(os.path.join(self.folder.name, "odd.wim"), images, "LZX", 1)
        for words, why in ((["pipable.wim"], "a pipable WIM"), (["odd.wim"], "is a directory"),
                           (["odd.wim", "--", "index=2"], "is a directory")):
            out = self.run_preview("--extract", "\\Sources\\%s=out.wim" % words[0], *words).out
            self.assertRegex(out, r"\nno log in the image: \w+\.wim: .*" + why)
            before, after = (pathlib.Path(self.folder.name, name).read_bytes() for name in (words[0], "out.wim"))
            self.assertEqual(after[208:], before[208:])
            self.assertEqual(after == before, len(words) == 1)

    def test_shows_what_would_happen(self):
        self.write("wimboot.lua", "boot.index = 3\nprint('site is ' .. boot.args.site)\n"
                                  "function on.wim(w) w:remove('\\\\Windows\\\\System32\\\\whole-chunks.bin') end\n")
        self.write("startnet.cmd", "echo other\r\n")
        self.write("extra.txt", "new\r\n")
        out = self.run_preview("--firmware", "bios", "boot.wim", "wimboot.lua", "startnet.cmd", "extra.txt", "--",
                               "site=hq").out
        for line in ("site is hq", "* 3  Image 3", "replaced \\Windows\\System32\\startnet.cmd (12 bytes)",
                     "injected \\Windows\\System32\\extra.txt (5 bytes)",
                     "removed  \\Windows\\System32\\whole-chunks.bin (131.1 kB)",
                     "boot manager: boot.wim image 3: \\Windows\\Boot\\PXE\\bootmgr.exe"):
            self.assertIn(line, out)
        self.assertNotIn("\33[", out, "colour although this is no terminal")

    def test_json_has_all_of_it(self):
        self.write("one.txt", "1")
        self.write("wimboot.lua", "function on.wim(w) w:remove('\\\\Windows\\\\System32\\\\empty.txt') end\n"
                                  "function on.bcd(s) s['{bootmgr}'].timeout = 7 end\n")
        report = self.json("boot.wim", "one.txt", "wimboot.lua", "--", "nolog")
        self.assertTrue(report["boots"])
        self.assertEqual([(f["name"], f["size"]) for f in report["files"]][1], ("one.txt", 1))
        self.assertEqual(report["files"][0]["content"], "a WIM")
        wim = report["wims"][0]
        self.assertEqual(wim["boot_index"], 2)
        self.assertEqual([image["boots"] for image in wim["images"]], [False, True, False])
        self.assertEqual({(c["change"], c["path"]) for c in wim["changes"]},
                         {("injected", "\\Windows\\System32\\one.txt"),
                          ("removed", "\\Windows\\System32\\empty.txt")})
        self.assertTrue(any("timeout" in line["text"] and "7" in line["text"] for line in report["bcd"]))
        self.assertEqual([(r["path"], r["found"]) for r in report["references"]][:2],
                         [("\\Boot\\boot.wim", True), ("\\Boot\\boot.sdi", True)])
        paths = {entry["path"].lower(): entry["size"] for entry in report["disk"]}
        self.assertEqual(paths["\\sources\\one.txt"], 1)
        self.assertEqual(len([p for p in paths if p.endswith("\\boot.wim")]), 9)
        self.assertGreater(report["memory"]["files"], 700000)
        self.assertGreater(report["memory"]["needed_bios"], report["memory"]["files"] + 700000)

    def test_marks_changes_of_the_given_store(self):
        self.write("BCD", samples.store("winpe-bios"))
        self.write("wimboot.lua", "function on.bcd(s) s['{bootmgr}'].timeout = 7 end\n")
        out = self.run_preview("--firmware", "bios", "boot.wim", "BCD", "wimboot.lua").out
        self.assertRegex(out, r"\n\+ timeout +7\n")
        self.assertRegex(out, r"\n  identifier +\{bootmgr\}\n")

    def test_same_json_twice(self):
        first = self.run_preview("--json", "boot.wim").out
        self.assertEqual(first, self.run_preview("--json", "boot.wim").out)

    def test_facts_reach_the_script(self):
        self.write("wimboot.lua", "print(boot.firmware, boot.arch, boot.memory, boot.smbios.product, boot.smbios.uuid,"
                                  " boot.mac[1], boot.secure_boot)\n")
        out = self.run_preview("--firmware", "efi", "--memory", "6G", "--smbios", "product=OptiPlex 7090",
                               "--smbios", "uuid=00112233-4455-6677-8899-aabbccddeeff", "--mac",
                               "52:54:00:12:34:56", "--secure-boot", "boot.wim", "wimboot.lua").out
        self.assertRegex(out, r"efi +x86_64 +6442450944 +OptiPlex 7090 +00112233-4455-6677-8899-aabbccddeeff +"
                              r"52:54:00:12:34:56 +true\n")

    def test_memory_at_the_border(self):
        """2 GB are 2 GB to a script, though firmware leaves less usable; a byte less is less."""
        self.write("wimboot.lua", "boot.index = boot.memory < 2 << 30 and 1 or 2\n"
                                  "print(boot.memory, boot.usable_memory)\n")
        out = self.run_preview("--memory", "2G", "boot.wim", "wimboot.lua").out
        self.assertRegex(out, r"2147483648 +2140725248\n")
        self.assertIn("booting image 2 ", out)
        out = self.run_preview("--memory", "2147483647", "boot.wim", "wimboot.lua").out
        self.assertRegex(out, r"2147483647 +2140725247\n")
        self.assertIn("booting image 1 ", out)
        self.assertRegex(self.run_preview("--memory", "1M", "boot.wim", "wimboot.lua", status=1).out, r"\b1048576 +0\n")

    def test_several_machines(self):
        self.write("machines.lua", "return {\n"
                                   "  { name = 'old', firmware = 'bios', args = 'index=1' },\n"
                                   "  { name = 'broken', firmware = 'efi', args = 'index=9' },\n}\n")
        result = self.run_preview("--machine", "machines.lua", "boot.wim", status=1)
        summary = result.out[result.out.index("==== summary"):]
        self.assertRegex(summary, r"old +bios +would boot")
        self.assertRegex(summary, r"broken +efi +would NOT boot")

    def test_extracts(self):
        self.run_preview("--firmware", "bios", "--extract", "\\Boot\\boot.sdi=out.sdi", "boot.wim")
        extracted = pathlib.Path(self.folder.name, "out.sdi").read_bytes()
        self.assertEqual(extracted, samples.sdi(b"PCAT of image 2"))
        result = self.run_preview("--extract", "\\no\\such=x", "boot.wim", status=1)
        self.assertIn("\\no\\such", result.err)

    def test_image_is_a_sound_disk(self):
        self.run_preview("--image", "disk.img", "boot.wim", "--", "nolog")
        disk = os.path.join(self.folder.name, "disk.img")
        self.assertLess(os.stat(disk).st_blocks * 512, os.stat(disk).st_size, "not sparse")
        listing = subprocess.run(["mdir", "-i", disk + "@@65536", "-b", "::/Sources"], capture_output=True, text=True,
                                 check=True).stdout
        self.assertIn("::/Sources/boot.wim", listing)
        copied = subprocess.run(["mcopy", "-n", "-i", disk + "@@65536", "::/Boot/boot.wim", "-"], capture_output=True,
                                check=True).stdout
        self.assertEqual(copied, samples.wim(str(BUILD)))

    def test_trace_shows_hooks(self):
        self.write("wimboot.lua", "function on.map(f) if f.name == 'boot.wim' then return '\\\\Deploy\\\\' end end\n")
        out = self.run_preview("--trace-lua", "boot.wim", "wimboot.lua").out
        self.assertRegex(out, r'on\.map\(.*boot\.wim.*\) -> "\\+Deploy\\+"')

    def test_menus_get_their_keys(self):
        self.write("wimboot.lua", "menu{ title='Which?', { 'One', index=1 }, { 'Three', index=3 } }\n")
        report = self.json("--keys", "2\r", "boot.wim", "wimboot.lua")
        self.assertEqual(report["wims"][0]["boot_index"], 3)

    def test_ipxe_script(self):
        self.write("srv/win/winpe-image", samples.wim(str(BUILD)))
        self.write("srv/win/bcd-file", samples.store("winpe-any"))
        script = self.write("boot.ipxe", "#!ipxe\nset base http://10.0.2.2/win\nkernel ${base}/wimboot index=1\n"
                                         "initrd ${base}/bcd-file BCD\ninitrd ${base}/winpe-image\nboot\n")
        root = os.path.join(self.folder.name, "srv")
        bios = self.run_preview("--ipxe", script, "--root", root, "--firmware", "bios").out
        self.assertIn("bcd-file: is BCD in BIOS but bcd-file in UEFI", bios)
        self.assertIn("winpe-image: has no name in BIOS", bios)
        self.assertIn("booting image 1 of 3", bios)
        report = self.json("--ipxe", script, "--root", root, "--firmware", "bios")
        self.assertEqual({f["name"] for f in report["files"]}, {"BCD", "boot.wim"})
        report = self.json("--ipxe", script, "--root", root, "--firmware", "efi")
        self.assertTrue(report["boots"])   # both are found by their content
        self.assertEqual({f["name"] for f in report["files"]}, {"bcd-file", "winpe-image"})

    def test_ipxe_script_that_asks(self):
        script = self.write("boot.ipxe", "#!ipxe\nmenu\nitem one\nitem three\nchoose which\ngoto ${which}\n"
                                         ":one\nset words index=1 from=${next-server}\ngoto boot\n"
                                         ":three\nset words index=3\n"
                                         ":boot\nkernel wimboot ${words}\ninitrd boot.wim boot.wim\nboot\n"
                                         "frobnicate\n")
        report = self.json("--ipxe", script, "--answer", "three")
        self.assertEqual(report["wims"][0]["boot_index"], 3)
        result = self.run_preview("--ipxe", script)
        self.assertIn("boot.ipxe:5: choose: the user is assumed to choose one of one, three", result.out)
        self.assertIn("boot.ipxe:8: ${next-server} is not known: assumed to be empty", result.out)
        self.assertIn("booting image 1 of 3", result.out)
        out = self.run_preview("--ipxe", script, "--answer", "one", "--ipxe-set", "next-server=10.0.0.1").out
        self.assertNotIn("is not known", out)
        self.write("boot.ipxe", "#!ipxe\nfrobnicate\n")
        self.assertIn("cannot tell: boot.ipxe:2: frobnicate: this preview does not know the command",
                      self.run_preview("--ipxe", "boot.ipxe", status=3).err)
        self.write("boot.ipxe", "#!ipxe\nexit\n")
        self.assertIn("would not boot: boot.ipxe:2: the script ends here without booting",
                      self.run_preview("--ipxe", "boot.ipxe", status=1).err)

    def test_folders(self):
        for name in ("a.inf", "net/b.inf", "net/deep/c.inf"):
            self.write("drivers/" + name, name)
        names = [f["name"] for f in self.json("boot.wim", "drivers")["files"]]
        self.assertEqual(names, ["boot.wim", "a.inf", "net\\b.inf", "net\\deep\\c.inf"])
        names = [f["name"] for f in self.json("Drivers/x/=drivers", "boot.wim")["files"]]
        self.assertEqual(names, ["Drivers\\x\\a.inf", "Drivers\\x\\net\\b.inf", "Drivers\\x\\net\\deep\\c.inf",
                                 "boot.wim"])
        self.assertIn("ends with '/'", self.run_preview("boot.wim", "x=drivers", status=2).err)

    def test_streams(self):
        self.write("two.lua", "return { {}, {} }\n")
        for words in (["boot.wim=-"], ["--machine", "two.lua", "boot.wim=-"], ["boot.wim=/dev/stdin"]):
            with subprocess.Popen(["cat", "boot.wim"], cwd=self.folder.name, stdout=subprocess.PIPE) as cat:
                result = subprocess.run([str(PREVIEW), *words], cwd=self.folder.name, stdin=cat.stdout,
                                        capture_output=True, check=False, timeout=60)
            self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("NAME=-", self.run_preview("-", status=2).err)

    def test_many_files(self):
        for i in range(5000):
            self.write("many/%d.txt" % i, "x")
        self.assertEqual(len(self.json("boot.wim", "Many/=many")["files"]), 5001)

    def test_words_for_the_loader_among_the_files(self):
        for word in ("script=wimboot.lua", "index=3", "mac=52:54:00:12:34:56"):
            self.assertIn(word + ": words for the loader come after --",
                          self.run_preview("boot.wim", word, status=2).err)

    def test_full_disk(self):
        """What cannot be written is no success."""
        for words in (["boot.wim"], ["--json", "boot.wim"], ["--help"], ["--version"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                result = subprocess.run([str(PREVIEW), *words], cwd=self.folder.name, stdout=full,
                                        stderr=subprocess.PIPE, check=False, timeout=60)
            self.assertEqual(result.returncode, 1, words)
            self.assertIn(b"standard output: No space left on device", result.stderr)

    def test_machine_from_a_dump(self):
        """boot:dump() describes the machine so that --machine plays it again."""
        self.write("wimboot.lua", "print('<<' .. boot:dump() .. '>>')\n")
        words = ["--firmware", "bios", "--memory", "3G", "--mac", "52:54:00:12:34:56", "--smbios",
                 'product=Opti "Plex" 7090', "--smbios", "serial=S\\1"]
        dump = re.search("<<(.*?)>>", self.run_preview(*words, "boot.wim", "wimboot.lua", "--", "site=hq",
                                                       "name=two words").out, re.DOTALL)[1]
        for fact in ('firmware = "bios"', "memory = 3221225472", "Opti", '"52:54:00:12:34:56"', "site=hq"):
            self.assertIn(fact, dump)
        self.write("machine.lua", dump)
        again = self.run_preview("--machine", "machine.lua", "boot.wim", "wimboot.lua").out
        self.assertEqual(re.search("<<(.*?)>>", again, re.DOTALL)[1], dump)

    def test_typed_lines(self):
        """console.read_line{}: a default, a pattern that asks again, hidden characters, Escape."""
        self.write("wimboot.lua",
                   "print('one: ' .. console.read_line { prompt = 'Name? ', default = 'PC-1', pattern = '%a+-%d+' })\n"
                   "print('two: ' .. console.read_line { prompt = 'Name? ', pattern = '%a+-%d+' })\n"
                   "print('three: ' .. console.read_line { prompt = 'Word? ', hidden = true })\n"
                   "print('four: ' .. tostring(console.read_line { default = 'x' }))\n")
        out = self.run_preview("--keys", "<enter>bad<enter>AB-7<enter>secret<enter>y\x1b", "boot.wim",
                               "wimboot.lua").out
        self.assertIn("Name? [PC-1] \none: PC-1\n", out)
        self.assertIn("Name? bad\nThat is not possible here; once more, please.\nName? AB-7\ntwo: AB-7\n", out)
        self.assertIn("Word? ******\nthree: secret\n", out)
        self.assertIn("four: nil\n", out)

    def test_memory(self):
        self.assertIn("a size has a unit, such as 4G", self.run_preview("--memory", "4", "boot.wim", status=2).err)
        error = self.run_preview("--memory", "2M", "boot.wim", status=1).err
        self.assertRegex(error, r"would not boot: the RAM disk takes 1\.0 MB \(.*\) in addition to the files themselves, "
                                r"and of 0 bytes of memory 0 bytes are free")
        report = self.json("--memory", "2M", "boot.wim", status=1)
        self.assertFalse(report["boots"])
        self.run_preview("--memory", "64M", "boot.wim")

    def test_named_keys(self):
        self.write("wimboot.lua", "menu{ title='Which?', { 'One', index=1 }, { 'Three', index=3 } }\n")
        report = self.json("--keys", "<down><enter>", "boot.wim", "wimboot.lua")
        self.assertEqual(report["wims"][0]["boot_index"], 3)
        report = self.json("--keys", "<down><up><enter>", "boot.wim", "wimboot.lua")
        self.assertEqual(report["wims"][0]["boot_index"], 1)

    def test_machines_as_json(self):
        """One array; each report has the fields that docs/preview-json.md names, and no others."""
        self.write("machines.lua", "return { { name = 'old', firmware = 'bios' }, { name = 'wrong', args = 'index=9' } }\n")
        reports = self.json("--machine", "machines.lua", "boot.wim", status=1)
        self.assertEqual([(r["machine"], r["firmware"], r["boots"]) for r in reports],
                         [("old", "bios", True), ("wrong", "efi", False)])
        documented = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "preview-json.md").read_text(), re.MULTILINE)
        with_an_iso = {"source"}
        self.assertLessEqual(with_an_iso, set(documented))
        self.assertEqual(set(documented) - with_an_iso, set(reports[0]))
        self.assertLessEqual(set(reports[1]), set(documented))

    def test_names_with_directories(self):
        self.write("x.cmd", "echo x")
        report = self.json("boot.wim", "Windows/Temp/x.cmd=x.cmd", "--", "nolog")
        self.assertEqual([c["path"] for c in report["wims"][0]["changes"]], ["\\Windows\\Temp\\x.cmd"])

    def test_usage(self):
        self.assertIn("Exit status", self.run_preview("--help").out)
        self.assertLess(len(self.run_preview("--help").out.splitlines()), 30)
        self.assertRegex(self.run_preview("--version").out, r"wimboot-preview \d+\.\d+\.\d+")
        for words in ((), ("--firmware", "uboot", "boot.wim"), ("--memory", "much", "boot.wim"), ("--nonsense",),
                      ("--machine", "missing.lua", "boot.wim"), ("--extract", "nothing", "boot.wim")):
            self.assertNotEqual(self.run_preview(*words, status=2).err, "")

    def test_large_sparse_files(self):
        for name in ("a.bin", "b.bin"):
            with open(os.path.join(self.folder.name, name), "wb") as file:
                file.truncate(2500 * 1000 * 1000)
        report = self.json("--memory", "16G", "boot.wim", "a.bin", "b.bin", "--", "rawwim")
        self.assertTrue(report["boots"])
        self.assertEqual(report["files"][1]["size"], 2500 * 1000 * 1000)

    def test_nbd_serves_the_disk(self):
        self.run_preview("--image", "disk.img", "boot.wim", "--", "nolog")  # the log has times
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", 10809)) == 0:
                self.skipTest("port 10809 is in use")
        server = subprocess.Popen([str(PREVIEW), "--nbd", os.path.join(self.folder.name, "boot.wim"), "--", "nolog"],
                                  cwd=ROOT,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            image = pathlib.Path(self.folder.name, "disk.img")
            copy = pathlib.Path(self.folder.name, "copy.img")
            for _ in range(50):
                result = subprocess.run(["nbdcopy", "nbd://127.0.0.1:10809", str(copy)], capture_output=True, check=False)
                if result.returncode == 0:
                    break
                time.sleep(0.2)
            self.assertEqual(result.returncode, 0, result.stderr)
            compared = subprocess.run(["cmp", str(image), str(copy)], capture_output=True, text=True, check=False)
            self.assertEqual(compared.returncode, 0, compared.stdout)
        finally:
            server.terminate()
            server.communicate()

    def test_qemu_gets_the_same_files(self):
        """With a stand-in for QEMU that keeps what it was given."""
        self.write("bin/qemu-system-x86_64", "#!/bin/sh\necho \"$@\" > arguments\n"
                                             "while [ $1 != -initrd ]; do shift; done\ncp $2 archive\n")
        os.chmod(os.path.join(self.folder.name, "bin/qemu-system-x86_64"), 0o755)
        self.write("extra.txt", "extra")
        environment = dict(os.environ, PATH=self.folder.name + "/bin:" + os.environ["PATH"])
        subprocess.run([str(PREVIEW), "--qemu", "--loader", str(BUILD / "wimboot"), "--memory", "2G", "boot.wim",
                        "Windows/Temp/x.txt=extra.txt", "--", "index=1"], cwd=self.folder.name, env=environment,
                       check=True, capture_output=True, timeout=60)
        arguments = pathlib.Path(self.folder.name, "arguments").read_text(encoding="utf-8")
        self.assertIn("-m 2048", arguments)
        self.assertIn("-append index=1", arguments)
        self.assertIn("OVMF_CODE", arguments)
        listing = subprocess.run(["cpio", "-t", "--quiet"], capture_output=True, text=True, check=True,
                                 stdin=open(os.path.join(self.folder.name, "archive"), "rb")).stdout
        self.assertEqual(listing.split(), ["boot.wim", "Windows/Temp/x.txt"])

    def test_installs(self):
        target = os.path.join(self.folder.name, "root")
        subprocess.run(["make", "-s", "install", "DESTDIR=" + target, "PREFIX=/usr"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        for path in ("bin/wimboot-preview", "share/man/man1/wimboot-preview.1", "share/wimboot/wimboot",
                     "share/bash-completion/completions/wimboot-preview"):
            self.assertTrue(os.path.exists(os.path.join(target, "usr", path)), path)
        manual = subprocess.run(["man", "--warnings", "-l", os.path.join(target, "usr/share/man/man1/wimboot-preview.1")],
                                capture_output=True, text=True, check=False)
        for option in ("--firmware", "--ipxe", "--nbd", "--trace-lua"):
            self.assertIn(option, manual.stdout)

    def test_another_wim_that_cannot_be_read(self):
        """What does not boot may be damaged anywhere: the report says so, and is whole."""
        def damage(offset, value):
            return broken_wim(lambda wim: struct.pack_into("<I", wim, offset, value))
        for wim, says in ((damage(12, 0x1234), "other.wim: offset 12: WIM version 0x1234 is not known"),
                          (damage(20, 12345), "other.wim: offset 20: chunk size 12345 is not allowed"),
                          (damage(0x28, 0x30002), "other.wim: is part 2 of a WIM split into 3")):
            self.write("other.wim", wim)
            for firmware in "bios", "efi":
                result = self.run_preview("--firmware", firmware, "boot.wim", "other.wim")
                self.assertIn("! " + says, result.out)
                self.assertIn("  * 2  Image 2", result.out)
                self.assertNotIn("traceback", result.out + result.err)
            wims = {wim["name"]: wim for wim in self.json("boot.wim", "other.wim")["wims"]}
            self.assertIn(says, wims["other.wim"]["problem"])
            self.assertEqual(wims["other.wim"]["images"], [])
            self.assertNotIn("problem", wims["boot.wim"])
        # Alone it would have to boot.
        self.run_preview("other.wim", status=1)


def broken_wim(change):
    data = bytearray(samples.wim(str(BUILD)))
    change(data)
    return bytes(data)


class Refusals(Case):
    """What cannot boot: status 1 and a reason on stderr that names the file."""

    def refused(self, *words, says):
        result = self.run_preview(*words, status=1)
        self.assertRegex(result.err, "would not boot: .*" + says)

    def test_wrong_index(self):
        self.refused("boot.wim", "--", "index=9", says=r"boot\.wim.*3.*9|9.*3")

    def test_truncated_wim(self):
        self.write("boot.wim", samples.wim(str(BUILD))[:300000])
        self.refused("boot.wim", says=r"boot\.wim")

    def test_html_instead_of_wim(self):
        self.write("boot.wim", "<!DOCTYPE html><html><body>404 Not Found</body></html>")
        self.refused("boot.wim", says=r"boot\.wim is an HTML page")

    def test_damaged_header(self):
        self.write("boot.wim", broken_wim(lambda data: struct.pack_into("<I", data, 8, 7)))
        self.refused("boot.wim", says=r"boot\.wim.*header")

    def test_script_with_an_error(self):
        self.write("wimboot.lua", "boot.index = \n")
        self.refused("--keys", "r", "boot.wim", "wimboot.lua", says=r"wimboot\.lua:\d+:")


if __name__ == "__main__":
    unittest.main()
