#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The verdict: what the loader says before a boot that would fail in the dark.

The same in guests: tests/guest/test_verdict.py.
"""
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PREVIEW = BUILD / "host" / "wimboot-preview"
sys.path.insert(0, str(ROOT / "tests" / "guest"))

import samples  # noqa: E402  pylint: disable=wrong-import-position

LINES = re.compile(r"^(?:warning|error): (.*)$", re.MULTILINE)
NEWEST, OLDER, EIGHT, SEVEN = "10.0.26100.1", "10.0.19041.1", "6.2.9200.16384", "6.1.7601.17514"


class Case(unittest.TestCase):
    """Runs the tool in a folder of its own."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, data):
        pathlib.Path(self.folder.name, name).write_bytes(data if isinstance(data, bytes) else data.encode())

    def wim(self, *images, **options):
        """Make boot.wim."""
        self.write("boot.wim", samples.windows_wim(str(BUILD), *images, **options))

    def verdict(self, *words, status=0):
        """What a run warns of, and why it ends, each once."""
        result = subprocess.run([str(PREVIEW), *words], cwd=self.folder.name, capture_output=True, timeout=60,
                                check=False, text=True)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return LINES.findall(result.stdout)

    def machine(self, firmware, cpu, **options):
        return self.verdict("--firmware", firmware, "--cpu", cpu, "boot.wim", **options)


class Processor(Case):
    """What a version of Windows needs of it."""

    def test_newest_windows(self):
        self.wim(("x86_64", NEWEST))
        for firmware in ("bios", "efi"):
            for cpu, names in (("qemu64", "SSE4.2, POPCNT"), ("Nehalem,-popcnt", "POPCNT"),
                               ("Nehalem,-sse4.2", "SSE4.2"), ("phenom", "SSE4.2")):
                self.assertEqual(self.machine(firmware, cpu, status=1), [
                    f"image 1 of boot.wim (Windows 10.0.26100.1) needs {names}, which this processor "
                    f"({cpu.split(',')[0]}) does not have: Windows would restart the machine without a message. "
                    "Give an image of an older Windows, or a virtual machine another processor model (host, for "
                    "example). To try it all the same: noverdict on the command line"])
            self.assertEqual(self.machine(firmware, "x86-64-v2-AES"), [])
            self.assertEqual(self.verdict("--firmware", firmware, "boot.wim"), [], "nothing is known of the processor")

    def test_each_feature(self):
        self.wim(("x86_64", OLDER))
        self.assertEqual(self.machine("efi", "qemu64"), [])
        for feature, name in (("lm", "64-bit mode"), ("pae", "PAE"), ("cx16", "CMPXCHG16B")):
            line, = self.machine("efi", "max,-" + feature, status=1)
            self.assertIn(f"(Windows {OLDER}) needs {name}, which this processor (max) does not have: ", line)
            self.assertIn("0xc000035a" if feature == "lm" else "UNSUPPORTED_PROCESSOR", line)
        for feature, name in (("lahf_lm", "LAHF/SAHF"), ("prefetchw", "PREFETCHW"), ("nx", "NX")):
            line, = self.machine("efi", "max,-" + feature)
            self.assertIn(f"needs {name}, which this processor (max) does not report: if Windows restarts, or stops "
                          "with UNSUPPORTED_PROCESSOR, this is why. ", line)
            self.assertIn("NX (XD, no-execute) can be off" if feature == "nx" else "Give an image of an older", line)

    def test_older_windows_needs_less(self):
        self.wim(("i386", SEVEN))
        self.assertEqual(self.machine("bios", "base"), [])
        self.wim(("i386", EIGHT))
        self.assertEqual(self.machine("bios", "coreduo"), [])
        self.assertIn("needs PAE, which", self.machine("bios", "base,+nx", status=1)[0])
        self.wim(("x86_64", SEVEN))
        self.assertEqual(self.machine("bios", "base,+lm"), [])
        self.assertIn("needs 64-bit mode, which this processor (pentium3) does not have: the boot manager would end "
                      "with 0xc000035a. Give a 32-bit image, or a virtual machine another processor model",
                      self.machine("bios", "pentium3", status=1)[0])

    def test_another_image_fits(self):
        self.wim(("x86_64", NEWEST), ("x86_64", OLDER))
        line, = self.machine("efi", "qemu64", status=1)
        self.assertIn("without a message. Image 2 would run: boot.index = 2. To try", line)
        self.assertEqual(self.verdict("--cpu", "qemu64", "boot.wim", "--", "index=2"), [])

    def test_an_image_for_another_processor_does_not_fit(self):
        self.wim(("x86_64", NEWEST), ("arm64", NEWEST), ("i386", OLDER))
        line, = self.machine("bios", "qemu64", status=1)
        self.assertIn("Image 3 would run: boot.index = 3. To try", line)
        line, = self.machine("efi", "qemu64", status=1)
        self.assertIn("Give an image of an older Windows", line)
        path = str(pathlib.Path(self.folder.name, "boot.wim"))  # the XML says nothing
        efi = {"Windows/System32/boot/winload.efi": samples.other_architecture(
            (BUILD / "test-trust" / "eleven.efi").read_bytes())}
        samples.make_wim(path, [efi], "none", 1)
        for firmware, starts in (("bios", "i386 and x86_64"), ("efi", "x86_64")):
            line, = self.machine(firmware, "max", status=1)
            self.assertIn("image 1 of boot.wim is for arm64; this firmware starts %s. None of its" % starts, line)

    def test_what_the_xml_leaves_out(self):
        """Of an image with half a version or without a processor nothing is claimed that its winload does not say."""
        def version(number, machine):
            data = bytearray((BUILD / "test-trust" / "eleven.efi").read_bytes())
            at = data.index(struct.pack("<HHHH", 0, 10, 342, 28000))
            data[at:at + 8] = struct.pack("<HHHH", 0, 10, 1, number)
            struct.pack_into("<H", data, struct.unpack_from("<I", data, 0x3c)[0] + 4, machine)
            return {"Windows/System32/boot/winload.exe": bytes(data)}

        x64, i386, arm64, no_program = 0x8664, 0x14c, 0xaa64, {}
        silent, older = None, ("VERSION/MAJOR=10", "VERSION/MINOR=0", "VERSION/BUILD=19041", "VERSION/SPBUILD=1")
        newest = "(Windows 10.0.26100.1) needs SSE4.2, POPCNT"
        cases = []
        for properties in (older[:1], older[:2], (*older[:3], "VERSION/SPBUILD=70000"), ()):
            cases += ((("ARCH=9", *properties), version(19041, x64), "qemu64", silent),
                      (("ARCH=9", *properties), version(26100, x64), "qemu64", newest),
                      (("ARCH=9", *properties), no_program, "qemu64", silent))
        for properties in (older, ("ARCH=7", *older)):
            cases += ((properties, version(19041, i386), "coreduo", silent),
                      (properties, version(19041, x64), "coreduo", "needs 64-bit mode"),
                      (properties, version(26100, arm64), "max", "is for arm64; this firmware starts i386 and x86_64"),
                      (properties, no_program, "coreduo", silent))
        path = str(pathlib.Path(self.folder.name, "boot.wim"))
        samples.make_wim(path, [samples.image_files(str(BUILD), 1) | winload for _, winload, _, _ in cases], "none", 1)
        for index, (properties, _, _, _) in enumerate(cases, 1):
            if properties:
                samples.wimlib("info", path, str(index), *("--image-property=WINDOWS/" + item for item in properties))
        for index, (_, _, cpu, says) in enumerate(cases, 1):
            lines = self.verdict("--firmware", "bios", "--cpu", cpu, "boot.wim", "--", "index=%d" % index,
                                 status=1 if says else 0)
            self.assertEqual([line for line in lines if not says or says not in line], [], cases[index - 1][0])
            self.assertEqual(len(lines), 1 if says else 0, cases[index - 1][0])

    def test_what_boots_without_a_choice(self):
        """Another WIM, or Windows on a disk: only what boots by default ends the boot."""
        words = ("--cpu", "qemu64", "boot.wim", "rescue.wim", "wimboot.lua")
        menu = """files.BCD = bcd.winpe { default = %d, entries = {
            { wim = "\\\\sources\\\\boot.wim", description = "Windows PE" },
            { wim = "\\\\sources\\\\rescue.wim", description = "Rescue" } } }:file() """
        disk = """function on.bcd(s) s["{default}"].device = "partition=mbr:12345678:1048576"
            s["{default}"].osdevice = s["{default}"].device end"""
        wims = {version: samples.windows_wim(str(BUILD), ("x86_64", version)) for version in (NEWEST, OLDER)}
        for newest, default, more, status in (("boot.wim", 1, "", 1), ("boot.wim", 2, "", 0), ("boot.wim", 1, disk, 0),
                                              ("rescue.wim", 1, "", 0), ("rescue.wim", 2, "", 1)):
            for name in ("boot.wim", "rescue.wim"):
                self.write(name, wims[NEWEST if name == newest else OLDER])
            self.write("wimboot.lua", menu % default + more)
            needs = f"image 1 of {newest} (Windows 10.0.26100.1) needs SSE4.2, POPCNT"
            lines = [line for line in self.verdict(*words, status=status) if "processor" in line]
            self.assertEqual([line for line in lines if needs not in line], [])
            self.assertEqual(len(lines), 1 if newest == "boot.wim" or status else 0, lines)
        self.write("rescue.wim", samples.windows_wim(str(BUILD), ("arm64", OLDER)))
        self.assertIn("image 1 of rescue.wim (Windows 10.0.19041.1) is for arm64; this firmware starts x86_64",
                      self.verdict(*words, status=1)[-1])

    def test_arm64_has_no_such_needs(self):
        self.wim(("arm64", NEWEST))
        lines = self.verdict("--arch", "arm64", "--cpu", "base", "boot.wim", status=1)
        self.assertEqual([line for line in lines if "processor (" in line], [])

    def test_version_of_winload(self):
        """An image of which the XML says nothing: winload says it."""
        winload = (BUILD / "test-trust" / "eleven.efi").read_bytes()
        with samples.temporary_file(b"") as path:
            image = samples.image_files(str(BUILD), 1) | {"Windows/System32/boot/winload.efi": winload}
            samples.make_wim(path, [image], "LZX", 1)
            self.write("boot.wim", samples.read(path))
        line, = self.machine("efi", "qemu64", status=1)
        self.assertIn("image 1 of boot.wim (Windows 10.0.28000.342) needs SSE4.2, POPCNT", line)
        self.write("boot.wim", samples.wim(str(BUILD)))  # its winload is no program
        self.assertEqual(self.machine("efi", "base"), [])

    def test_machines(self):
        """Each machine of a list has its own; a dump has the machine's."""
        self.wim(("x86_64", NEWEST))
        self.write("machines.lua", "return { { name = 'old', cpu = 'core2duo' }, { name = 'new', cpu = 'EPYC' },"
                                   " { name = 'bios', firmware = 'bios', cpu = 'qemu64' } }")
        result = subprocess.run([str(PREVIEW), "--machine", "machines.lua", "boot.wim"], cwd=self.folder.name,
                                capture_output=True, check=False, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"old +efi +would NOT boot\nnew +efi +would boot\nbios +bios +would NOT boot\n")
        self.write("dump.lua", "print('<<' .. boot:dump() .. '>>') print(boot.processor.popcnt, boot.processor.sse4_2)")
        result = subprocess.run([str(PREVIEW), "--cpu", "Nehalem,-popcnt", "boot.wim", "dump.lua", "--",
                                 "script=dump.lua"], cwd=self.folder.name, capture_output=True, check=False, text=True)
        self.assertRegex(result.stdout, r"false\s+true\n")
        dump = re.search(r"<<(.*?)>>", result.stdout, re.DOTALL)[1]
        self.assertIn('cpu = "base,+lm,+pae,+nx,+cx16,+lahf_lm,+prefetchw,+sse4_2"', dump)
        self.write("machine.lua", dump.replace("script=dump.lua", ""))
        self.assertIn("needs POPCNT, which", self.verdict("--machine", "machine.lua", "boot.wim", status=1)[0])

    def test_wrong_names(self):
        self.write("boot.wim", samples.wim(str(BUILD)))
        for cpu, says in (("8086", "--cpu 8086: known are base, pentium3"), ("max,popcnt", "+FEATURE or -FEATURE"),
                          ("max,-avx", "known are lm, pae"), ("max,", "+FEATURE"), ("max,-", "+FEATURE"),
                          ("", "--cpu : known are")):
            result = subprocess.run([str(PREVIEW), "--cpu", cpu, "boot.wim"], cwd=self.folder.name,
                                    capture_output=True, check=False, text=True)
            self.assertEqual(result.returncode, 2, cpu)
            self.assertIn(says, result.stderr)


class Memory(Case):
    """What the RAM disk takes, and what it leaves."""

    def test_ram_disk_does_not_fit(self):
        self.wim(("x86_64", OLDER))
        size = pathlib.Path(self.folder.name, "boot.wim").stat().st_size
        for firmware, resident in (("bios", 192 << 10), ("efi", 1152 << 10)):
            least = 2 * size + 65536 + resident + 6758400  # with what firmware takes of the memory
            line, = self.verdict("--firmware", firmware, "--memory", str(least + 4096), "boot.wim")
            self.assertRegex(line, r"^the RAM disk takes 2\.\d MB \(boot\.wim 2\.\d MB, boot\.sdi 65\.5 kB\), which "
                                   r"leaves Windows PE \d\.\d MB of \d\.\d MB; it needs about 256\.0 MB, and may "
                                   r"restart or stop without\. Give the machine more memory, or a smaller WIM$")
            line, = self.verdict("--firmware", firmware, "--memory", str(least - resident), "boot.wim")
            self.assertRegex(line, r"^the RAM disk takes .*, and \d\.\d MB are free( below 4 GB, where it can be)?: "
                                   r"the boot manager may end with 0xc0000017\. Give the machine more memory, or a "
                                   r"smaller WIM$")
            line, = self.verdict("--firmware", firmware, "--memory", str(least - resident - 1), "boot.wim", status=1)
            self.assertRegex(line, r"^the RAM disk takes .* in addition to the files themselves, and of \d\.\d MB of "
                                   r"memory \d\.\d MB are free: the boot manager would end with 0xc0000017\. Give the "
                                   r"machine more memory, or a smaller WIM\. To try")

    def test_a_wim_that_is_not_where_the_store_says(self):
        """It is put there, and judged like others."""
        self.write("boot.wim", samples.windows_wim(str(BUILD), ("x86_64", NEWEST)))
        words = ("other.wim=boot.wim", "BCD")
        self.write("BCD", samples.store("winpe-any"))
        self.assertEqual(self.verdict(*words), [])
        line, = self.verdict("--memory", "200M", *words)
        self.assertRegex(line, r"^the RAM disk takes 2\.\d MB \(other\.wim 2\.\d MB, boot\.sdi 65\.5 kB\), which "
                               r"leaves")
        line, = self.verdict("--cpu", "qemu64", *words, status=1)
        self.assertIn("needs SSE4.2, POPCNT", line)

    def test_windows_pe_needs_more(self):
        self.wim(("x86_64", OLDER), ("x86_64", NEWEST))
        self.assertEqual(self.verdict("--memory", "300M", "boot.wim"), [])
        line, = self.verdict("--memory", "240M", "boot.wim")
        self.assertIn("Give the machine more memory, or a smaller WIM", line)
        self.write("boot.wim", samples.wim(str(BUILD)))
        self.assertEqual(self.verdict("--memory", "240M", "boot.wim"), [], "nobody says that this is Windows")

    def test_image_that_would_fit(self):
        """Of a WIM with a large image: the one that boots alone, or another one."""
        with samples.temporary_file(b"") as path:
            small = samples.image_files(str(BUILD), 1)
            samples.make_wim(path, [small, small | {"Windows/large.bin": bytes(200 << 20)}], "none", 1)
            for index in (1, 2):
                samples.set_windows(path, index, "x86_64", OLDER)
            self.write("boot.wim", samples.read(path))
        small = r"1 on the command line: image 1 alone takes 2\.\d MB"
        line, = self.verdict("--memory", "400M", "boot.wim", status=1)
        self.assertRegex(line, r"0xc0000017\. Write slim on the command line: image 1 alone takes 2\.\d MB")
        line, = self.verdict("--memory", "400M", "boot.wim", "--", "index=2", status=1)
        self.assertRegex(line, r"0xc0000017\. Write slim index=" + small)
        line, = self.verdict("--memory", "450M", "boot.wim", "--", "index=2")
        self.assertRegex(line, r"may restart or stop without\. Write slim index=" + small)
        self.assertEqual(self.verdict("--memory", "450M", "boot.wim", "--", "slim"), [])
        line, = self.verdict("--memory", "400M", "boot.wim", "--", "rawwim", status=1)
        self.assertIn("Give the machine more memory, or a smaller WIM", line)
        for index in (1, 2):  # the small one is for another processor
            samples.set_windows(self.folder.name + "/boot.wim", index, ("arm64", "x86_64")[index - 1], OLDER)
        line, = self.verdict("--memory", "400M", "boot.wim", "--", "index=2", status=1)
        self.assertIn("Give the machine more memory, or a smaller WIM", line)

    def test_below_4_gb(self):
        """BIOS: a WIM of 2 GB in a machine with 3.5 GB; with 8 GB its files move away."""
        self.write("boot.wim", samples.windows_wim(str(BUILD), ("x86_64", OLDER)))
        with open(self.folder.name + "/boot.wim", "r+b") as file:  # a RAM disk has the file as it is
            file.truncate(3 << 30)
        words = ("--firmware", "bios", "--memory", "16G", "boot.wim", "--")
        line = self.verdict(*words)[-1]
        self.assertRegex(line, r"are free below 4 GB, where it can be: the boot manager may end with 0xc0000017")
        with open(self.folder.name + "/boot.wim", "r+b") as file:
            file.truncate(2 << 30)
        self.assertEqual([line for line in self.verdict(*words) if "RAM disk" in line], [])
        line = self.verdict(*words, "linear")[-1]
        self.assertIn("Leave out 'linear': then the files move above 4 GB", line)

    def test_other_entries_do_not_count(self):
        """Only what boots without a choice."""
        self.wim(("x86_64", OLDER))
        self.write("big.wim", pathlib.Path(self.folder.name, "boot.wim").read_bytes() + bytes(100 << 20))
        self.write("wimboot.lua", """
            files.BCD = bcd.winpe { entries = {
                { wim = "\\\\sources\\\\boot.wim", description = "Small" },
                { wim = "\\\\sources\\\\big.wim", description = "Big" },
            } }:file()""")
        words = ("--memory", "200M", "boot.wim", "big.wim", "wimboot.lua")
        self.assertEqual([line for line in self.verdict(*words) if "0xc0000017" in line], [])


class Manager(Case):
    """Versions of boot managers that do not go with the image's winload."""

    def setUp(self):
        super().setUp()
        for name in ("eleven.efi", "plain.efi"):
            shutil.copy(BUILD / "test-trust" / name, self.folder.name)

    def winload(self, revision):
        """winload of build 26100, as windres writes its version."""
        data = bytearray((BUILD / "test-trust" / "eleven.efi").read_bytes())
        at = data.index(struct.pack("<HHHH", 0, 10, 342, 28000))
        data[at:at + 8] = struct.pack("<HHHH", 0, 10, revision, 26100)
        return {"Windows/System32/boot/winload.efi": bytes(data)}

    def test_strict_boot_manager(self):
        self.wim(("x86_64", NEWEST), more=self.winload(1))
        words = ("--secure-boot", "boot.wim", "bootx64.efi=eleven.efi")
        line, = self.verdict(*words)
        self.assertEqual(line, "with Secure Boot, boot manager 10.0.28000.342 may refuse winload 10.0.26100.1 of "
                               "image 1 of boot.wim with 0xc0430001. Update the image with a cumulative update, or give "
                               "the boot manager that belongs to it")
        self.assertEqual(self.verdict(*words[1:]), [], "without Secure Boot it starts")
        self.assertEqual(self.verdict("--secure-boot", "boot.wim", "bootx64.efi=plain.efi"), [], "of no version")
        self.wim(("x86_64", NEWEST), more=self.winload(8655))  # the XML is not updated with winload
        self.assertEqual(self.verdict(*words), [])
        self.wim(("x86_64", "10.0.26200.1"), more=self.winload(1))  # which has the programs of 26100
        self.assertIn("may refuse winload 10.0.26100.1", self.verdict(*words)[0])

    def test_boot_manager_of_windows_7(self):
        data = bytearray((BUILD / "test-trust" / "eleven.efi").read_bytes())
        at = data.index(struct.pack("<HHHH", 0, 10, 342, 28000))
        data[at:at + 8] = struct.pack("<HHHH", 1, 6, 17514, 7601)
        self.write("bootx64.efi", bytes(data))
        self.wim(("x86_64", OLDER))
        line, = self.verdict("boot.wim", "bootx64.efi")
        self.assertEqual(line, "boot manager 6.1.7601.17514 is older than image 1 of boot.wim (Windows 10.0.19041.1), "
                               "and may refuse its winload with 0xc0000428. Leave it out: the image has one")
        samples.wimlib("update", self.folder.name + "/boot.wim", "1",
                       "--command=delete /Windows/Boot/EFI/bootmgfw.efi")
        self.assertIn("0xc0000428. Give the one that belongs to the image", self.verdict("boot.wim", "bootx64.efi")[0])
        self.wim(("x86_64", SEVEN))
        self.assertEqual(self.verdict("boot.wim", "bootx64.efi"), [])


class Entry(Case):
    """What winload needs in the entry that boots."""

    def check(self, changes, *says, firmware="efi"):
        self.write("wimboot.lua", "function on.bcd(s) local e = s['{default}'] %s end" % changes)
        lines = self.verdict("--firmware", firmware, "boot.wim", "wimboot.lua")
        self.assertEqual(len(lines), len(says), lines)
        for line, text in zip(lines, says):
            self.assertIn(text, line)
        return lines

    def test_entries(self):
        self.wim(("x86_64", OLDER))
        self.check("")
        line, = self.check("e.winpe = nil", "boots a WIM, but not as Windows PE, so Windows would look for its disk")
        self.assertRegex(line, r'^BCD: entry ".*" .*: on\.bcd = function\(s\) s\["\{[\w-]+\}"\]\.winpe = true end$')
        self.check("e.winpe = false", "boots a WIM, but not as Windows PE")
        self.check("e.systemroot = nil", "does not say in which folder of the WIM Windows is")
        line, = self.check("e.osdevice = 'boot'", "takes winload from the WIM, but Windows from boot: ")
        self.assertIn('.osdevice = "ramdisk=[boot]', line)
        self.check("e.osdevice = nil", "but Windows from nowhere")
        self.check("e.device = e.device:gsub('%[boot%]', '[partition=mbr:12345678:65536]') e.osdevice = e.device",
                   "which is not the virtual disk")
        # Everything that a message suggests is right.
        fix = line.split(": on.bcd = ", 1)[1]
        self.write("wimboot.lua", "function on.bcd(s) s['{default}'].osdevice = 'boot' end\non.bcd = " + fix)
        self.assertEqual(self.verdict("boot.wim", "wimboot.lua"), [])

    def test_inherited(self):
        self.wim(("x86_64", OLDER))
        self.check("local b = s:create('{bootloadersettings}') b.winpe = true e.winpe = nil e.inherit = { b }")
        self.check("local b = s:create('{bootloadersettings}') b.inherit = { b } e.winpe = nil e.inherit = { b }",
                   "boots a WIM, but not as Windows PE")

    def test_hal_of_windows_7(self):
        self.wim(("i386", SEVEN))
        self.check("e.detecthal = true", firmware="bios")
        self.check("e.detecthal = nil", "which 32-bit Windows 7 and earlier need", firmware="bios")
        self.write("rescue.wim", samples.windows_wim(str(BUILD), ("x86_64", OLDER)))  # of another entry
        self.write("wimboot.lua", """files.BCD = bcd.winpe { entries = {
            { wim = "\\\\sources\\\\boot.wim", description = "Windows PE" },
            { wim = "\\\\sources\\\\rescue.wim", description = "Rescue" } } }:file()
            function on.bcd(s) s[s["{bootmgr}"].displayorder[2]].detecthal = nil end""")
        self.assertEqual(self.verdict("--firmware", "bios", "boot.wim", "rescue.wim", "wimboot.lua"), [])
        self.wim(("i386", EIGHT))
        self.check("e.detecthal = nil", firmware="bios")


class Choice(Case):
    """Who decides what becomes of it."""

    def setUp(self):
        super().setUp()
        self.wim(("x86_64", NEWEST))

    def test_off(self):
        self.assertEqual(self.verdict("--cpu", "qemu64", "boot.wim", "--", "noverdict"), [])
        self.write("wimboot.lua", 'boot.verdict = "off"')
        self.assertEqual(self.verdict("--cpu", "qemu64", "boot.wim", "wimboot.lua"), [])
        self.write("wimboot.lua", 'boot.verdict = "on"')
        self.assertEqual(len(self.verdict("--cpu", "qemu64", "boot.wim", "wimboot.lua", "--", "noverdict",
                                          status=1)), 1)

    def test_only_warnings(self):
        self.write("wimboot.lua", "boot.check = false")
        line, = self.verdict("--cpu", "qemu64", "boot.wim", "wimboot.lua")
        self.assertIn("needs SSE4.2, POPCNT", line)
        self.assertNotIn("To try it all the same", line)

    def test_hook(self):
        self.write("wimboot.lua", """
            function on.verdict(findings)
                assert(findings == boot.verdict and #findings == 1)
                local f = findings[1]
                print("<" .. f.about .. " " .. tostring(f.fatal) .. " " .. f.text:sub(1, 19) .. ">")
                return false
            end""")
        result = subprocess.run([str(PREVIEW), "--cpu", "qemu64", "boot.wim", "wimboot.lua"], cwd=self.folder.name,
                                capture_output=True, check=False, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("<processor true image 1 of boot.wim>", result.stdout)
        self.assertEqual(LINES.findall(result.stdout), [])
        self.write("wimboot.lua", "function on.verdict() error('not here', 0) end")
        self.assertEqual(self.verdict("--cpu", "max", "boot.wim", "wimboot.lua"), [], "there is nothing to say")
        self.assertIn("not here", self.verdict("--cpu", "qemu64", "boot.wim", "wimboot.lua", status=1)[0])

    def test_json(self):
        result = subprocess.run([str(PREVIEW), "--json", "--cpu", "max,-nx", "boot.wim"], cwd=self.folder.name,
                                capture_output=True, check=True, text=True)
        finding, = json.loads(result.stdout)["verdict"]
        self.assertEqual((finding["about"], finding["fatal"]), ("processor", False))
        self.assertIn("needs NX", finding["text"])


if __name__ == "__main__":
    unittest.main()
