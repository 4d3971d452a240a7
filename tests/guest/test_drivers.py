# SPDX-License-Identifier: BSD-2-Clause
"""Drivers for the machine's devices, as the loader finds them on the PCI bus."""

import samples
from harness import arm64, both
from machine import ARM64
from start import direct

CARD = samples.read("tests/script/card.inf")
SCRIPT = b"""
for _, device in ipairs(boot.pci) do
    print(("pci %s %06x"):format(device.id, device.class))
end
function on.wim(w)
    local found = drivers.match(files, w)
    print(("%d of the packages"):format(#found))
    drivers.inject(w, found)
end
"""


def package(name, inf=CARD):
    """A driver package whose files have this name."""
    inf = inf.replace(b"card.", name.encode() + b".")
    return {name + ".inf": inf, name + ".sys": b"MZ of " + name.encode(), name + ".cat": b"\x30 of " + name.encode()}


@arm64
@both
def drivers_for_this_machine(context, firmware):
    """Of three packages, the one for QEMU's card goes into the image, and the boot manager reads a sound WIM."""
    card = "virtio-net-pci" if context.architecture == ARM64 else "e1000"
    other = CARD.replace(b"DEV_100E", b"DEV_100F").replace(b"DEV_1000", b"DEV_1001")
    files = {"boot.lua": SCRIPT, "boot.wim": samples.wim(context.build), **package("card"), **package("other", other),
             **package("older", CARD.replace(b"2018", b"2017"))}
    start = direct(context.loader, files, "script=boot.lua")

    def arguments(machine):
        return start(machine) + ["-netdev", "user,id=net9", "-device", card + ",netdev=net9,romfile="]

    report = context.run(firmware, arguments, shared_memory=16 << 20, wishes=["export \\Boot\\boot.wim"]).check()
    device = "VEN_1AF4&DEV_1000&SUBSYS_00011AF4" if card == "virtio-net-pci" else "VEN_8086&DEV_100E&SUBSYS_11001AF4"
    assert "pci PCI\\%s" % device in report.console, "the card is not in boot.pci"
    assert "pci PCI\\VEN_" in report.console.replace(device, ""), "the card is the only device"
    assert "1 of the packages" in report.console
    assert "driver: Example Card: card.inf 12.15.31.4" in report.console
    assert not [path for path in report.files if path.lower().endswith(".sys")], "a file of a package is on the disk"
    with samples.temporary_file(report.exported[0]) as path:
        samples.wimlib("verify", path)
        listed = samples.wim_file(path, 2, "/Windows/System32/wimboot_drivers.cmd")
        assert listed == b"@echo off\r\ndrvload %SYSTEMDRIVE%\\Drivers\\card\\card.inf\r\n", listed
        assert samples.wim_file(path, 2, "/Drivers/card/card.sys") == b"MZ of card"
        assert samples.wim_file(path, 2, "/Drivers/card/card.inf") == files["card.inf"]
        first = samples.wim_file(path, 2, "/Windows/System32/startnet.cmd").splitlines()
        assert first == [b"@call %SYSTEMROOT%\\System32\\wimboot_drivers.cmd", b"wpeinit"], first
        samples.wimlib("dir", path, "2", "--path=/Drivers/card")
