#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Check build/wimboot and build/wimboot.arm64: are they sound PE32+ images, signable, reproducible? Is wimboot a
sound bzImage?

    tests/image/test_image.py [build folder]

Reads the image with a parser of its own and with the tools that others use (sbsign, sbverify,
objcopy, readelf); shares nothing with tools/mkimage.py but the file formats.
"""
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
READ, WRITE, EXECUTE = 0x40000000, 0x80000000, 0x20000000


def run(*command, check=True):
    """Run a tool; its output as text."""
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    if check and result.returncode != 0:
        raise AssertionError(f"{command[0]}: {result.stdout}{result.stderr}")
    return result


class Pe:
    """A PE32 or PE32+ file, field by field as Microsoft's "PE Format" lays it out."""

    def __init__(self, data):
        self.data = data
        (self.start,) = struct.unpack_from("<I", data, 0x3C)
        assert data[:2] == b"MZ" and data[self.start : self.start + 4] == b"PE\0\0"
        coff = struct.unpack_from("<HHIIIHH", data, self.start + 4)
        self.machine, count, self.timestamp, _, _, optional_size, self.flags = coff
        at = self.start + 24
        self.magic = self.number(at, 2)
        self.entry = self.number(at + 16)
        wide = self.magic == 0x20B
        self.image_base = self.number(at + 24, 8) if wide else self.number(at + 28)
        self.section_alignment = self.number(at + 32)
        self.file_alignment = self.number(at + 36)
        self.major_image_version = self.number(at + 44, 2)
        self.image_size = self.number(at + 56)
        self.headers_size = self.number(at + 60)
        self.checksum_at = at + 64
        self.checksum = self.number(at + 64)
        self.subsystem = self.number(at + 68, 2)
        self.dll_flags = self.number(at + 70, 2)
        directories = at + (112 if wide else 96)
        self.directories = [
            struct.unpack_from("<II", data, directories + 8 * i)
            for i in range(self.number(directories - 4))
        ]
        self.table = at + optional_size
        self.table_end = self.table + 40 * count
        self.optional_end = directories + 8 * len(self.directories)
        self.sections = {}
        for i in range(count):
            fields = struct.unpack_from("<8sIIIIIIHHI", data, self.table + 40 * i)
            name = fields[0].rstrip(b"\0").decode()
            self.sections[name] = {
                "memory_size": fields[1],
                "address": fields[2],
                "raw_size": fields[3],
                "offset": fields[4],
                "flags": fields[9],
            }

    def number(self, offset, size=4):
        """A little-endian number."""
        return int.from_bytes(self.data[offset : offset + size], "little")

    def contents(self, name):
        """What a section holds in memory, without zeros that only the file has."""
        section = self.sections[name]
        data = self.data[section["offset"] : section["offset"] + section["raw_size"]]
        return data[: section["memory_size"]]

    def relocations(self):
        """The addresses in .reloc."""
        address, size = self.directories[5]
        section = self.sections[".reloc"]
        assert section["address"] <= address
        at = section["offset"] + address - section["address"]
        end = at + size
        kind = 10 if self.magic == 0x20B else 3
        while at < end:
            page, block = struct.unpack_from("<II", self.data, at)
            assert block >= 8 and block % 4 == 0 and at + block <= end
            for (entry,) in struct.iter_unpack("<H", self.data[at + 8 : at + block]):
                assert entry >> 12 in (0, kind), "DIR64 or HIGHLOW, or padding"
                if entry >> 12 == kind:
                    yield page + (entry & 0xFFF)
            at += block

    def load(self, base):
        """The image in memory as a PE loader puts it at an address."""
        memory = bytearray(self.image_size)
        memory[: self.headers_size] = self.data[: self.headers_size]
        for name, section in self.sections.items():
            data = self.contents(name)
            memory[section["address"] : section["address"] + len(data)] = data
        pointer = "<Q" if self.magic == 0x20B else "<I"
        for address in self.relocations():
            (value,) = struct.unpack_from(pointer, memory, address)
            struct.pack_into(pointer, memory, address, value - self.image_base + base)
        return memory


class UefiImage:
    """What holds for a finished image of every processor."""

    @classmethod
    def setUpClass(cls):
        cls.data = (BUILD / cls.IMAGE).read_bytes()
        cls.pe = Pe(cls.data)

    def test_headers(self):
        self.assertGreaterEqual(self.pe.start, 0x40)
        self.assertEqual(self.pe.optional_end, self.pe.table)
        self.assertLessEqual(self.pe.table_end, self.HEADERS_END_MAX)

    def test_is_a_uefi_application_for_its_processor(self):
        self.assertEqual(self.pe.machine, self.MACHINE)
        self.assertEqual(self.pe.magic, 0x20B)
        self.assertEqual(self.pe.subsystem, 10)
        self.assertEqual(self.pe.flags & 0x0002, 0x0002, "executable")
        self.assertEqual(self.pe.flags & 0x0001, 0, "relocations are not stripped")
        text = self.pe.sections[".text"]
        self.assertIn(self.pe.entry, range(text["address"], text["address"] + text["memory_size"]))

    def test_asks_for_protection(self):
        self.assertEqual(self.pe.dll_flags & 0x160, 0x160, "NX, dynamic base, high entropy")
        self.assertEqual(self.pe.section_alignment, 0x1000)
        self.assertEqual(self.pe.file_alignment, 0x200)
        for name, section in self.pe.sections.items():
            with self.subTest(section=name):
                self.assertNotEqual(section["flags"] & (WRITE | EXECUTE), WRITE | EXECUTE)
                self.assertTrue(section["flags"] & READ)
                self.assertEqual(section["address"] % 0x1000, 0)
                self.assertEqual(section["flags"] & 0x00F00000, 0, "no alignment bits in images")
        self.assertTrue(self.pe.sections[".text"]["flags"] & EXECUTE)
        self.assertTrue(self.pe.sections[".data"]["flags"] & WRITE)

    def test_grub_will_hand_an_initrd_over(self):
        self.assertGreaterEqual(self.pe.major_image_version, 1)

    def test_sections_are_in_order_in_memory(self):
        end = self.pe.headers_size
        for section in self.pe.sections.values():
            self.assertGreaterEqual(section["address"], end)
            self.assertGreater(section["memory_size"], 0)
            end = section["address"] + section["memory_size"]
        self.assertEqual(self.pe.image_size, -(-end // 0x1000) * 0x1000)

    def test_every_byte_belongs_to_headers_or_a_section(self):
        end = self.pe.headers_size
        self.assertEqual(end % 0x200, 0)
        for section in sorted(self.pe.sections.values(), key=lambda section: section["offset"]):
            self.assertEqual(section["offset"], end)
            self.assertEqual(section["raw_size"] % 0x200, 0)
            end += section["raw_size"]
        self.assertEqual(end, len(self.data))

    def test_checksum(self):
        total = 0
        for offset in range(0, len(self.data), 2):
            if offset not in (self.pe.checksum_at, self.pe.checksum_at + 2):
                total += int.from_bytes(self.data[offset : offset + 2], "little")
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        self.assertEqual(self.pe.checksum, total + len(self.data))

    def test_has_no_timestamp(self):
        self.assertEqual(self.pe.timestamp, 0)

    def test_sbat(self):
        sbat = self.pe.contents(".sbat")
        self.assertNotIn(b"\0", sbat)
        self.assertTrue(sbat.endswith(b"\n"))
        lines = [line.split(",") for line in sbat.decode("ascii").splitlines()]
        self.assertEqual(lines[0][:4], ["sbat", "1", "SBAT Version", "sbat"])
        self.assertEqual(lines[1][:2], ["wimboot-lua", "1"])
        self.assertTrue(all(len(line) == 6 and all(line) for line in lines))

    def test_relocates_like_the_elf_image(self):
        elf = BUILD / self.VARIANT / "wimboot.elf"
        relocations = re.findall(
            r"^([0-9a-f]{16})\s+[0-9a-f]{16} (\S+)\s+([0-9a-f]+)$",
            run("readelf", "-rW", elf).stdout,
            re.MULTILINE,
        )
        self.assertGreater(len(relocations), 10)
        self.assertEqual({kind for _, kind, _ in relocations}, {self.RELOCATION})
        text = re.search(r" \.text +PROGBITS +([0-9a-f]{16})", run("readelf", "-SW", elf).stdout)
        shift = self.pe.sections[".text"]["address"] - int(text.group(1), 16)
        base = 0x7_1234_5000
        memory = self.pe.load(base)
        for address, _, addend in relocations:
            (value,) = struct.unpack_from("<Q", memory, int(address, 16) + shift)
            self.assertEqual(value, base + shift + int(addend, 16))
        self.assertEqual(len(list(self.pe.relocations())), len(relocations))


class ImageTest(UefiImage, unittest.TestCase):
    """wimboot, which is a bzImage as well."""

    IMAGE, VARIANT = "wimboot", "efi-x86_64"
    MACHINE, RELOCATION = 0x8664, "R_X86_64_RELATIVE"
    HEADERS_END_MAX = 0x1F1  # there the Linux header starts

    def test_linux_header_is_untouched(self):
        setup = (BUILD / "bios" / "setup.bin").read_bytes()
        self.assertEqual(self.data[0x202:0x206], b"HdrS")
        self.assertEqual(self.data[0x1FE:0x200], b"\x55\xaa")
        self.assertEqual((self.data[0x1F1] + 1) * 512, len(setup))
        self.assertEqual(self.data[0x1F1:0x1F4], setup[0x1F1:0x1F4])
        self.assertEqual(self.data[0x1F8 : len(setup)], setup[0x1F8:])

    def test_bios_payload_follows_the_setup_sectors(self):
        start = (self.data[0x1F1] + 1) * 512
        elf = BUILD / "bios" / "wimboot.elf"
        with tempfile.TemporaryDirectory() as folder:
            entry, rest = pathlib.Path(folder, "entry"), pathlib.Path(folder, "rest")
            run("objcopy", "-O", "binary", "--only-section=.entry", elf, entry)
            run("objcopy", "-O", "binary", "--remove-section=.entry", elf, rest)
            entry, rest = entry.read_bytes(), rest.read_bytes()
        self.assertEqual(self.data[start : start + len(entry)], entry)
        (size,) = struct.unpack_from("<I", self.data, start + len(entry))
        packed = self.data[start + len(entry) + 4 :][:size]
        # One block in a frame of the lz4 program.
        frame = bytes.fromhex("04224d18607073") + struct.pack("<I", size) + packed + bytes(4)
        unpacked = subprocess.run(["lz4", "-dc"], input=frame, capture_output=True, check=True).stdout
        self.assertEqual(unpacked, rest)
        (paragraphs,) = struct.unpack_from("<I", self.data, 0x1F4)
        self.assertEqual(paragraphs, -(-(len(entry) + 4 + size) // 16))
        self.assertEqual(self.pe.sections[".bios"]["offset"], start)
        self.assertEqual(self.pe.sections[".bios"]["flags"] & (WRITE | EXECUTE), 0)


class Arm64ImageTest(UefiImage, unittest.TestCase):
    """wimboot.arm64, which is nothing else."""

    IMAGE, VARIANT = "wimboot.arm64", "efi-arm64"
    MACHINE, RELOCATION = 0xAA64, "R_AARCH64_RELATIVE"
    HEADERS_END_MAX = 0x200

    def test_has_no_bios_half(self):
        self.assertNotIn(".bios", self.pe.sections)
        self.assertNotEqual(self.data[0x202:0x206], b"HdrS")
        self.assertEqual(self.pe.headers_size, 0x200)


class Signature:
    """Signing with a throw-away key; of the image that IMAGE names."""

    HEADERS = {"DOS header": 2}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.key, cls.certificate, cls.signed = (
            os.path.join(cls.folder.name, name) for name in ("key", "certificate", "signed")
        )
        run("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
            "-subj", "/CN=throw-away", "-keyout", cls.key, "-out", cls.certificate)  # fmt: skip
        cls.output = run("sbsign", "--key", cls.key, "--cert", cls.certificate,
                         "--output", cls.signed, BUILD / cls.IMAGE).stderr  # fmt: skip

    def verify(self, path):
        return run("sbverify", "--cert", self.certificate, path, check=False)

    def test_sbsign_has_nothing_to_remark(self):
        self.assertNotIn("warning", self.output.lower())

    def test_signature_verifies(self):
        result = self.verify(self.signed)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_signature_covers_every_part(self):
        signed = pathlib.Path(self.signed).read_bytes()
        original = (BUILD / self.IMAGE).read_bytes()
        pe = Pe(original)
        places = {"headers' end": pe.headers_size - 1} | self.HEADERS
        for name, section in pe.sections.items():
            places[name] = section["offset"]
            places[name + "'s end"] = section["offset"] + section["raw_size"] - 1
        for place, offset in places.items():
            with self.subTest(place=place):
                changed = bytearray(signed)
                changed[offset] ^= 1
                path = os.path.join(self.folder.name, "changed")
                pathlib.Path(path).write_bytes(changed)
                self.assertNotEqual(self.verify(path).returncode, 0)


class SignatureTest(Signature, unittest.TestCase):
    """wimboot."""

    IMAGE = "wimboot"
    HEADERS = Signature.HEADERS | {"Linux header": 0x1F1}

    def test_signed_image_still_boots_in_bios(self):
        signed = pathlib.Path(self.signed).read_bytes()
        original = (BUILD / "wimboot").read_bytes()
        self.assertEqual(signed[0x1F1 : len(original)], original[0x1F1:])


class Arm64SignatureTest(Signature, unittest.TestCase):
    """wimboot.arm64."""

    IMAGE = "wimboot.arm64"


class MkimageTest(unittest.TestCase):
    """tools/mkimage.py itself: the same bytes every time, and clear messages."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.output = self.folder / "image"

    def mkimage(self, version="1.2.3", **inputs):
        paths = {
            "machine": "x86_64",
            "setup": BUILD / "bios" / "setup.bin",
            "bios": BUILD / "bios" / "wimboot.elf",
            "packed": BUILD / "bios" / "packed.bin",
            "efi": BUILD / "efi-x86_64" / "wimboot.elf",
            "output": self.output,
        }
        paths.update(inputs)
        words = [word for name, path in paths.items() for word in (f"--{name}", path)]
        return run(
            ROOT / "tools" / "mkimage.py", "--version", version, *words, check=False
        )

    def refuse(self, words, **inputs):
        result = self.mkimage(**inputs)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(words, result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        self.assertFalse(self.output.exists())

    def variant(self, path, change):
        """A copy of a build product with a change made to it."""
        data = bytearray(path.read_bytes())
        changed = change(data)
        copy = self.folder / "input"
        copy.write_bytes(data if changed is None else changed)
        return copy

    def test_same_bytes_every_time(self):
        self.assertEqual(self.mkimage().returncode, 0)
        first = self.output.read_bytes()
        self.output.unlink()
        self.assertEqual(self.mkimage().returncode, 0)
        self.assertEqual(self.output.read_bytes(), first)

    def test_same_bytes_as_the_image_without_a_bios_half(self):
        result = run(ROOT / "tools" / "mkimage.py", "--version", (ROOT / "VERSION").read_text().strip(),
                     "--machine", "arm64", "--efi", BUILD / "efi-arm64" / "wimboot.elf",
                     "--output", self.output, check=False)  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.output.read_bytes(), (BUILD / "wimboot.arm64").read_bytes())

    def test_version_does_not_sink_below_one(self):
        self.mkimage(version="0.9.9")
        self.assertEqual(Pe(self.output.read_bytes()).major_image_version, 1)
        self.mkimage(version="3.0.0")
        self.assertEqual(Pe(self.output.read_bytes()).major_image_version, 3)

    def test_refuses_what_is_not_elf(self):
        self.refuse("not an ELF file for x86_64", efi=BUILD / "bios" / "wimboot.elf")
        self.refuse("not an ELF file for arm64", machine="arm64")
        self.refuse("not an ELF file for i386", bios=BUILD / "bios" / "setup.bin")

    def test_refuses_a_payload_at_another_address(self):
        def change(data):
            (table,) = struct.unpack_from("<I", data, 28)
            (physical,) = struct.unpack_from("<I", data, table + 12)
            struct.pack_into("<I", data, table + 12, physical - 0x1000)

        bios = BUILD / "bios" / "wimboot.elf"
        self.refuse("not at 0x100000", bios=self.variant(bios, change))

    def test_refuses_what_is_not_packed(self):
        self.refuse("but packed", packed=BUILD / "bios" / "wimboot.elf")

    def test_refuses_missing_files(self):
        self.refuse("No such file", setup=self.folder / "absent")

    def test_refuses_a_setup_of_another_length(self):
        setup = BUILD / "bios" / "setup.bin"
        self.refuse("setup_sects says", setup=self.variant(setup, lambda data: data[:-512]))

    def test_refuses_a_setup_in_the_headers_place(self):
        def change(data):
            data[0x1F0] = 1

        setup = BUILD / "bios" / "setup.bin"
        self.refuse("below 0x1F1", setup=self.variant(setup, change))

    def test_refuses_a_setup_without_header(self):
        setup = BUILD / "bios" / "setup.bin"
        self.refuse("no Linux setup header", setup=self.variant(setup, lambda data: bytes(4096)))


class MachinesTest(unittest.TestCase):
    """A small program for each processor that mkimage.py knows."""

    # mkimage.py's name, clang's, lld's, and the PE's machine and magic
    MACHINES = [
        ("x86_64", "x86_64", "elf_x86_64", 0x8664, 0x20B),
        ("i386", "i386", "elf_i386", 0x14C, 0x10B),
        ("arm64", "aarch64", "aarch64linux", 0xAA64, 0x20B),
    ]
    PROGRAM = """
        static int numbers[3] = {1, 2, 3};
        int *const pointers[] = {&numbers[2], &numbers[1]};
        void *efi_entry(void) { return (void *)pointers; }
    """

    def build(self, folder, name, target, emulation):
        source, part, elf, image = (folder / (name + end) for end in (".c", ".o", ".elf", ".efi"))
        source.write_text(self.PROGRAM)
        run("clang", f"--target={target}-linux-gnu", "-O1", "-fpie", "-fvisibility=hidden",
            "-ffreestanding", "-c", "-o", part, source)  # fmt: skip
        run("ld.lld", "-m", emulation, "-static", "-pie", "--no-dynamic-linker", "-z", "norelro",
            "-z", "max-page-size=0x1000", "-T", ROOT / "efi" / "wimboot.ld", "-o", elf, part)  # fmt: skip
        run(ROOT / "tools" / "mkimage.py", "--version", "1.2.3", "--machine", name, "--efi", elf,
            "--output", image)  # fmt: skip
        return Pe(image.read_bytes())

    def test_each_machine(self):
        for name, target, emulation, machine, magic in self.MACHINES:
            with self.subTest(machine=name), tempfile.TemporaryDirectory() as folder:
                pe = self.build(pathlib.Path(folder), name, target, emulation)
                self.assertEqual((pe.machine, pe.magic, pe.subsystem), (machine, magic, 10))
                self.assertEqual(pe.optional_end, pe.table)
                self.assertEqual(pe.headers_size, 0x200)
                self.assertLessEqual(pe.table_end, pe.headers_size)
                self.assertNotIn(".bios", pe.sections)
                self.check_pointers(pe, 8 if magic == 0x20B else 4)

    def check_pointers(self, pe, size):
        """The two pointers are relocated, and point to the numbers, wherever the image lies."""
        base = 0x1234_5000
        memory = pe.load(base)
        pointers = sorted(pe.relocations())
        self.assertEqual([address - pointers[0] for address in pointers], [0, size])
        values = []
        for address in pointers:
            place = int.from_bytes(memory[address : address + size], "little") - base
            values.append(int.from_bytes(memory[place : place + 4], "little"))
        self.assertEqual(values, [3, 2])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
