#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Combine the loader's halves into one file that is a Linux bzImage and a PE image.

The file, in order:

    PE headers      offset 0, all below 0x1F1
    setup sectors   from 0x1F1: the Linux setup header and its real-mode code, untouched
    BIOS payload    directly after them, where the boot protocol expects it; section .bios: the ELF
                    file's .entry, and the rest of it packed (tools/pack.c), after its packed size
    UEFI sections   .text .rodata .data .sbat from the ELF image, .reloc made from its relocations

For a processor that has no BIOS, the setup sectors and the payload are left out.

Every byte belongs to the headers or to a section, so that an Authenticode signature covers it all.
No section is both writable and executable. The same inputs always give the same bytes.

References: Microsoft's "PE Format", Linux' Documentation/arch/x86/boot.rst, the ELF specification.
"""
import argparse
import struct
import sys
import typing

SECTION_ALIGNMENT = 0x1000
FILE_ALIGNMENT = 0x200
SETUP_HEADER = 0x1F1  # the first byte that is the Linux boot protocol's
SECTOR = 512
PAYLOAD_ADDRESS = 0x100000  # where the boot protocol puts what follows the setup sectors

COFF_FLAGS = 0x0002 | 0x0004 | 0x0008 | 0x0200  # executable; no line numbers, symbols, debug data
COFF_LARGE_ADDRESSES, COFF_32_BIT = 0x0020, 0x0100
SUBSYSTEM_EFI_APPLICATION = 10
DLL_HIGH_ENTROPY_VA, DLL_DYNAMIC_BASE, DLL_NX_COMPAT = 0x20, 0x40, 0x100
# Up to the base relocations (5); the signature's (4) must exist to be signed. More would not fit.
DATA_DIRECTORIES = 6
CODE = 0x60000020  # code, execute, read
READ_ONLY = 0x40000040  # data, read
READ_WRITE = 0xC0000040  # data, read, write
RELOCATIONS = 0x42000040  # data, read, discardable

PT_LOAD, SHT_RELA, SHT_NOBITS, SHT_REL, SHF_ALLOC = 1, 4, 8, 9, 2


class Machine(typing.NamedTuple):
    """What differs between processors."""

    bits: int
    elf: int  # e_machine
    relative: int  # the ELF relocation that adds the address of the image
    pe: int  # Machine
    base_relocation: int  # the PE's counterpart of `relative`


MACHINES = {
    "i386": Machine(bits=32, elf=3, relative=8, pe=0x14C, base_relocation=3),
    "x86_64": Machine(bits=64, elf=62, relative=8, pe=0x8664, base_relocation=10),
    "arm64": Machine(bits=64, elf=183, relative=1027, pe=0xAA64, base_relocation=10),
}
BIOS_MACHINE = "i386"


class ImageError(Exception):
    """What is wrong with an input file, for whoever runs the build."""


def align(value, to):
    """Round up to a multiple."""
    return -(-value // to) * to


def pad(data, to):
    """Append zeros up to a multiple of a size."""
    return bytes(data) + bytes(align(len(data), to) - len(data))


class Elf:
    """What we need of an ELF file: its segments and its sections."""

    def __init__(self, path, machine):
        with open(path, "rb") as file:
            self.data = file.read()
        self.path = path
        self.machine = MACHINES[machine]
        bits = self.machine.bits
        if (
            self.data[:4] != b"\x7fELF"
            or self.data[4] != bits // 32
            or self.data[5] != 1
            or int.from_bytes(self.data[18:20], "little") != self.machine.elf
        ):
            raise ImageError(f"{path}: not an ELF file for {machine}")
        if bits == 64:
            header = struct.unpack_from("<HHIQQQIHHHHHH", self.data, 16)
        else:
            header = struct.unpack_from("<HHIIIIIHHHHHH", self.data, 16)
        self.entry = header[3]
        self.segments = [
            self._segment(header[4] + index * header[8], bits) for index in range(header[9])
        ]
        sections = [
            self._section(header[5] + index * header[10], bits) for index in range(header[11])
        ]
        names = self._bytes(sections[header[12]]) if sections else b""
        self.sections = {}
        for section in sections:
            start = section["name"]
            section["name"] = names[start : names.index(b"\0", start)].decode()
            self.sections[section["name"]] = section

    def _segment(self, offset, bits):
        if bits == 64:
            kind, _, start, _, address, size, memory, _ = struct.unpack_from(
                "<IIQQQQQQ", self.data, offset
            )
        else:
            kind, start, _, address, size, memory, _, _ = struct.unpack_from(
                "<IIIIIIII", self.data, offset
            )
        return {"kind": kind, "offset": start, "physical": address, "size": size, "memory": memory}

    def _section(self, offset, bits):
        name, kind, flags, address, start, size = struct.unpack_from(
            "<IIQQQQ" if bits == 64 else "<IIIIII", self.data, offset
        )
        return {
            "name": name,
            "kind": kind,
            "flags": flags,
            "address": address,
            "offset": start,
            "size": size,
        }

    def _bytes(self, section):
        return self.data[section["offset"] : section["offset"] + section["size"]]

    def contents(self, name):
        """The bytes of a section, which must exist."""
        if name not in self.sections:
            raise ImageError(f"{self.path}: has no section {name}")
        return self._bytes(self.sections[name])


def bios_payload(elf, packed):
    """The BIOS half as it is loaded: what unpacks, the size of what is packed, and that."""
    segments = [s for s in elf.segments if s["kind"] == PT_LOAD and s["size"] > 0]
    if not segments:
        raise ImageError(f"{elf.path}: nothing to load")
    base = min(s["physical"] for s in segments)
    if base != PAYLOAD_ADDRESS:
        raise ImageError(f"{elf.path}: starts at {base:#x}, not at {PAYLOAD_ADDRESS:#x}")
    payload = elf.contents(".entry") + struct.pack("<I", len(packed)) + packed
    size = max(s["physical"] + s["size"] for s in segments) - base
    # It is moved to the end of the unpacked loader first, in one step.
    if len(payload) > size:
        raise ImageError(f"{elf.path}: {size} bytes, but packed {len(payload)}")
    return payload


class Section:
    """A section of the PE image."""

    def __init__(self, name, flags, data, address, memory_size=None):
        self.name = name
        self.flags = flags
        self.data = bytearray(data)
        self.address = address  # relative to the image
        self.memory_size = len(data) if memory_size is None else memory_size
        self.offset = 0  # in the file

    @property
    def end(self):
        """The address at which the next section may start."""
        return align(self.address + self.memory_size, SECTION_ALIGNMENT)

    def header(self):
        """The section's entry of the section table."""
        return struct.pack(
            "<8sIIIIIIHHI",
            self.name.encode(),
            self.memory_size,
            self.address,
            align(len(self.data), FILE_ALIGNMENT),
            self.offset,
            0,
            0,
            0,
            0,
            self.flags,
        )


# Output sections of the ELF image that make up each PE section, and its flags.
UEFI_SECTIONS = [
    (".text", CODE, [".text"]),
    (
        ".rodata",
        READ_ONLY,
        [
            ".rodata",
            "plugin_container",
            "plugin_decompressor",
            "plugin_digest",
            "plugin_disk",
            "plugin_lua_module",
            "plugin_source",
            "plugin_transport",
            "plugin_udp",
        ],
    ),
    (".data", READ_WRITE, [".data", ".bss"]),
    (".sbat", READ_ONLY, [".sbat"]),
]
# For a dynamic linker, which an EFI image has not.
LINK_TIME_SECTIONS = {".rela.dyn", ".rel.dyn", ".dynamic", ".dynsym", ".dynstr", ".gnu.hash", ".hash"}


def uefi_sections(elf, base):
    """The PE sections of the UEFI half, with address 0 of the ELF image at `base`."""
    placed = set(LINK_TIME_SECTIONS)
    result = []
    for name, flags, parts in UEFI_SECTIONS:
        placed.update(parts)
        present = [elf.sections[part] for part in parts if part in elf.sections]
        present = [part for part in present if part["size"] > 0]
        if not present:
            continue
        start = present[0]["address"]
        if start % SECTION_ALIGNMENT != 0:
            raise ImageError(f"{elf.path}: section {present[0]['name']} is not page-aligned")
        end = max(part["address"] + part["size"] for part in present)
        data = bytearray()
        for part in present:
            if part["kind"] != SHT_NOBITS:
                data += bytes(part["address"] - start - len(data))
                data += elf.contents(part["name"])
        result.append(Section(name, flags, data, base + start, end - start))
    for section in elf.sections.values():
        if section["flags"] & SHF_ALLOC and section["size"] and section["name"] not in placed:
            raise ImageError(f"{elf.path}: no PE section for {section['name']}")
    return result


def elf_relocations(elf):
    """Each relocation of an ELF image: its address, its type, its addend (None: what is there)."""
    bits = elf.machine.bits
    for name, section in elf.sections.items():
        if section["kind"] == SHT_RELA:
            for offset, info, addend in struct.iter_unpack(
                "<QQq" if bits == 64 else "<IIi", elf.contents(name)
            ):
                yield offset, info, addend
        elif section["kind"] == SHT_REL:
            for offset, info in struct.iter_unpack(
                "<QQ" if bits == 64 else "<II", elf.contents(name)
            ):
                yield offset, info, None


def apply_relocations(elf, sections, base):
    """Relocate the sections to `base`; return the addresses that the PE loader must adjust."""
    size = elf.machine.bits // 8
    addresses = []
    for offset, info, addend in elf_relocations(elf):
        if info != elf.machine.relative:
            raise ImageError(
                f"{elf.path}: relocation {info:#x} at {offset:#x} is of a kind "
                "that a PE image cannot express: compile with -fpie -fvisibility=hidden"
            )
        address = base + offset
        for target in sections:
            start = address - target.address
            if 0 <= start <= len(target.data) - size:
                if addend is None:
                    addend = int.from_bytes(target.data[start : start + size], "little")
                target.data[start : start + size] = (base + addend).to_bytes(size, "little")
                break
        else:
            raise ImageError(f"{elf.path}: relocation outside of every section: {offset:#x}")
        addresses.append(address)
    return sorted(addresses)


def base_relocations(addresses, kind):
    """The contents of .reloc: a block for each page, padded to four bytes."""
    blocks = bytearray()
    pages = {}
    for address in addresses:
        pages.setdefault(address & ~0xFFF, []).append(address & 0xFFF)
    for page, offsets in sorted(pages.items()):
        entries = [kind << 12 | offset for offset in offsets]
        if len(entries) % 2:
            entries.append(0)  # "absolute": does nothing
        blocks += struct.pack("<II", page, 8 + 2 * len(entries))
        blocks += struct.pack(f"<{len(entries)}H", *entries)
    # An image without relocations would count as one that cannot be moved.
    return bytes(blocks) or struct.pack("<IIHH", 0, 12, 0, 0)


def optional_header(machine, sections, entry, headers_size, version):
    """The optional header with its data directories; the checksum is filled in later."""
    code = [s for s in sections if s.flags == CODE]
    data = [s for s in sections if s.flags != CODE]
    relocations = next(s for s in sections if s.name == ".reloc")
    major, minor = (int(part) for part in version.split(".")[:2])
    header = struct.pack(
        "<HBBIIIII",
        0x20B if machine.bits == 64 else 0x10B,  # PE32+ or PE32
        2,  # linker version: Microsoft's signing service requires at least 2.5
        40,
        sum(align(len(s.data), FILE_ALIGNMENT) for s in code),
        sum(align(len(s.data), FILE_ALIGNMENT) for s in data),
        0,
        entry,
        code[0].address,
    )
    if machine.bits == 32:
        header += struct.pack("<I", data[0].address)
    word = "Q" if machine.bits == 64 else "I"
    header += struct.pack(
        f"<{word}IIHHHHHHIIIIHH4{word}II",
        0,  # ImageBase: it is always relocated
        SECTION_ALIGNMENT,
        FILE_ALIGNMENT,
        0,
        0,
        # GRUB hands an initrd over by LoadFile2 only to images of major version 1 and up.
        max(major, 1),
        minor,
        0,
        0,
        0,
        max(s.end for s in sections),
        headers_size,
        0,  # CheckSum
        SUBSYSTEM_EFI_APPLICATION,
        DLL_DYNAMIC_BASE | DLL_NX_COMPAT | (DLL_HIGH_ENTROPY_VA if machine.bits == 64 else 0),
        0,
        0,
        0,
        0,
        0,
        DATA_DIRECTORIES,
    )
    directories = [(0, 0)] * DATA_DIRECTORIES
    directories[5] = (relocations.address, len(relocations.data))
    return header + b"".join(struct.pack("<II", *directory) for directory in directories)


PE_OFFSET = 0x40  # directly after the DOS header
CHECKSUM_OFFSET = PE_OFFSET + 4 + 20 + 64


def pe_headers(machine, sections, entry, headers_size, version):
    """Everything from `MZ` to the end of the section table."""
    optional = optional_header(machine, sections, entry, headers_size, version)
    dos = struct.pack("<2s58xI", b"MZ", PE_OFFSET)
    flags = COFF_FLAGS | (COFF_LARGE_ADDRESSES if machine.bits == 64 else COFF_32_BIT)
    coff = struct.pack("<4sHHIIIHH", b"PE", machine.pe, len(sections), 0, 0, 0, len(optional), flags)
    return dos + coff + optional + b"".join(section.header() for section in sections)


def checksum(image):
    """The PE checksum: 16-bit one's complement sum with its own field as zero, plus the length."""
    total = sum(struct.unpack(f"<{len(image) // 2}H", image))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(image)


def read(path):
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


def read_setup(path):
    """The setup sectors, checked against what their own header says."""
    setup = bytearray(read(path))
    if len(setup) < 2 * SECTOR or setup[0x202:0x206] != b"HdrS" or setup[0x1FE:0x200] != b"\x55\xaa":
        raise ImageError(f"{path}: no Linux setup header")
    if len(setup) != (setup[SETUP_HEADER] + 1) * SECTOR:
        raise ImageError(
            f"{path}: {len(setup)} bytes, but setup_sects says {(setup[SETUP_HEADER] + 1) * SECTOR}"
        )
    if any(setup[:SETUP_HEADER]):
        raise ImageError(f"{path}: the place of the PE headers below 0x1F1 is not empty")
    return setup


def make_image(uefi, setup, payload, version):
    """The whole file; without setup sectors and BIOS payload if they are None."""
    if setup is None:
        start, headers_end = bytearray(FILE_ALIGNMENT), FILE_ALIGNMENT
        before = []
    else:
        start, headers_end = setup, SETUP_HEADER
        payload = pad(payload, 16)
        struct.pack_into("<I", setup, 0x1F4, len(payload) // 16)  # syssize, in paragraphs
        before = [Section(".bios", READ_ONLY, payload, align(len(setup), SECTION_ALIGNMENT))]
    base = max([align(len(start), SECTION_ALIGNMENT)] + [section.end for section in before])
    sections = uefi_sections(uefi, base)
    relocations = base_relocations(
        apply_relocations(uefi, sections, base), uefi.machine.base_relocation
    )
    sections.append(Section(".reloc", RELOCATIONS, relocations, max(s.end for s in sections)))
    sections = before + sections

    offset = len(start)
    for section in sections:
        section.offset = offset
        offset += align(len(section.data), FILE_ALIGNMENT)

    headers = pe_headers(uefi.machine, sections, base + uefi.entry, len(start), version)
    if len(headers) > headers_end:
        raise ImageError(f"the PE headers end at {len(headers):#x}, beyond {headers_end:#x}")
    start[: len(headers)] = headers
    image = bytearray(start)
    for section in sections:
        image += pad(section.data, FILE_ALIGNMENT)
    struct.pack_into("<I", image, CHECKSUM_OFFSET, checksum(image))
    return image


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--version", required=True, help="of the loader, MAJOR.MINOR.PATCH")
    parser.add_argument("--machine", required=True, choices=MACHINES, help="of the UEFI half")
    parser.add_argument("--efi", required=True, help="UEFI half, a position-independent ELF file")
    parser.add_argument("--setup", help="setup sectors, a flat binary")
    parser.add_argument("--bios", help="BIOS payload, an ELF file; with --setup")
    parser.add_argument("--packed", help="all of it but .entry, packed; with --bios")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    if len({arguments.setup is None, arguments.bios is None, arguments.packed is None}) > 1:
        parser.error("--setup, --bios and --packed belong together")
    try:
        image = make_image(
            Elf(arguments.efi, arguments.machine),
            arguments.setup and read_setup(arguments.setup),
            arguments.bios and bios_payload(Elf(arguments.bios, BIOS_MACHINE), read(arguments.packed)),
            arguments.version,
        )
    except (ImageError, OSError) as error:
        sys.exit(f"mkimage.py: {error}")
    with open(arguments.output, "wb") as file:
        file.write(image)


if __name__ == "__main__":
    main()
