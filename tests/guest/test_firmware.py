# SPDX-License-Identifier: BSD-2-Clause
"""Machines and firmware with oddities: what comes is a boot or a message."""

import os
import subprocess

import samples
from harness import test
from start import direct

E820 = {"ATTRIBUTES": 1, "UNREACHABLE": 2, "ENDLESS": 3, "NONE": 4}
CHECKSUM = 6  # where e820.asm has it


def option_rom(machine, variant):
    """An option ROM that makes the BIOS's memory map odd; returns its path."""
    source = os.path.join(os.path.dirname(__file__), "e820.asm")
    path = machine.path("rom")
    subprocess.run(["nasm", "-f", "bin", "-Werror", "-DVARIANT=%d" % E820[variant], "-o", path,
                    source], check=True)
    rom = bytearray(samples.read(path))
    rom[CHECKSUM] = -sum(rom) % 256
    return machine.write("rom", rom)


def with_rom(context, variant):
    """A way to start with such a memory map."""
    files = {"boot.wim": samples.wim(context.build)}

    def arguments(machine):
        return direct(context.loader, files)(machine) + ["-option-rom", option_rom(machine, variant)]
    return arguments


def boot_with(context, variant, **options):
    """Boot in BIOS with such a memory map."""
    return context.run("bios", with_rom(context, variant), **options)


@test
def e820_without_attributes(context):
    """Entries of 24 bytes whose last four are not written: the memory is usable all the same."""
    boot_with(context, "ATTRIBUTES").check()


@test
def e820_unreachable(context):
    """RAM that the processor cannot address, with 32 and 40 bits for addresses, is not used, also
    where files go above 4 GB."""
    report = boot_with(context, "UNREACHABLE", memory=6144).check()
    assert "memory above 0x10000000000, which this processor cannot reach" in report.console
    assert "moved to 0x1" in report.console, "the true memory above 4 GB was not used"
    report = boot_with(context, "UNREACHABLE", processor="pentium3,-pae,-pse36").check()
    assert "memory above 0x100000000, which" in report.console


@test
def e820_endless(context):
    """A list that never ends."""
    boot_with(context, "ENDLESS").check()


@test
def e820_none(context):
    """No list."""
    with context.machine("bios", with_rom(context, "NONE")) as guest:
        guest.wait(r"wimboot: the BIOS has no memory map \(INT 15 E820\)")


@test
def old_processors(context):
    """Processors before the Pentium Pro: a message, and a key reboots."""
    files = {"boot.wim": samples.wim(context.build)}
    for processor in "486", "pentium":
        with context.machine("bios", direct(context.loader, files), processor=processor) as guest:
            guest.wait_screen("processor is too old")
            assert "wimboot 0" not in guest.console()
            guest.press("ret")
            guest.wait()
    context.boot("bios", files, processor="pentium3").check()


@test
def loader_damaged(context):
    """The BIOS half is packed: where it does not unpack, it says so. Also if its size is wrong, which comes first."""
    loader = samples.read(context.loader)
    size_at = loader.index(samples.read(context.build, "bios", "packed.bin")[:64]) - 4
    for at, damage in ((100000, bytes(100000)), (size_at, b"\xff\xff\xff\x7f")):
        damaged = loader[:at] + damage + loader[at + len(damage):]
        with samples.temporary_file(damaged) as path:
            with context.machine("bios", direct(path, {"wimboot.lua": b""})) as guest:
                guest.wait_screen("wimboot: this file is damaged")
