# SPDX-License-Identifier: BSD-2-Clause
"""The boot configuration: what it refers to is there, or the boot stops; a made one boots."""

import os

import hivex

import samples
from harness import arm64, both, test

BOOTMGR = "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
WHERE = {"bios": "\\Boot\\BCD", "efi": "\\EFI\\BOOT\\BCD"}


def with_path(path):
    """A store whose WIM is at another path, of the same length as \\Boot\\boot.wim."""
    data = samples.store("winpe-any")
    old, new = ("\\Boot\\boot.wim".encode("utf-16le"), path.encode("utf-16le"))
    assert len(old) == len(new) and data.count(old) == 2
    return data.replace(old, new)


def element(store, guid, number):
    """The bytes of an element, as hivex reads them; None if there is none."""
    with samples.temporary_file(store) as path:
        hive = hivex.Hivex(path)
        node = hive.root()
        for name in ("Objects", guid, "Elements", "%08x" % number):
            node = node and hive.node_get_child(node, name)
        return hive.value_value(hive.node_get_value(node, "Element"))[1] if node else None


def strings(data):
    """The strings of a list."""
    return [text for text in data.decode("utf-16le").split("\0") if text]


@both
def bcd_wim_elsewhere(context, firmware):
    """The store names a path where nothing is, and there is one WIM: it is put there."""
    files = {"BCD": with_path("\\Imag\\boot.wim"), "boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files).check()
    assert "\\Imag\\boot.wim: put boot.wim there" in report.console
    wim = report.files["\\Imag\\boot.wim"]
    assert wim == report.files["\\Boot\\boot.wim"]


@both
def bcd_wim_decided(context, firmware):
    """Two WIMs and neither of the name: the one that boots is what the only entry means."""
    wim = samples.wim(context.build)
    files = {"BCD": with_path("\\Boot\\wimp.wim"), "one.wim": wim, "two.wim": wim[:-1] + b"?"}
    report = context.boot(firmware, files).check()
    assert "one.wim boots" in report.console
    assert report.files["\\Boot\\wimp.wim"] == report.files["\\Boot\\one.wim"]


@both
def bcd_wim_missing(context, firmware):
    """A menu whose default entry has no WIM: the boot stops and says what would help; no other WIM is
    put in its place."""
    files = {"BCD": samples.store("menu"), "boot.wim": samples.wim(context.build)}
    context.refuse(firmware, files, says=[
        r"Second image", r"\\Boot\\rescue\.wim", r"\.device", r"given: boot\.wim", r"on\.disk = function",
        r"boot\.check = false"])


@test
def bcd_unchecked(context):
    """The same is a warning with boot.check = false."""
    files = {"BCD": samples.store("menu"), "boot.wim": samples.wim(context.build),
             "wimboot.lua": b"boot.check = false\n"}
    assert "warning: BCD: entry" in context.boot("bios", files).check().console


@both
def bcd_refused_ones_are_mended(context, firmware):
    """Stores that boot managers refuse: a path without a leading backslash, and no entry to boot."""
    wim = samples.wim(context.build)
    report = context.boot(firmware, {"BCD": samples.store("refused-noslash"), "boot.wim": wim},
                          shared_memory=1 << 20, wishes=["export " + WHERE[firmware], "no-tree"]).check()
    entry = "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}"
    device = element(report.exported[0], entry, 0x11000001)
    assert "\0\\sources\\boot.wim".encode("utf-16le") in device
    report = context.boot(firmware, {"BCD": samples.store("refused-nodefault"), "boot.wim": wim},
                          shared_memory=1 << 20, wishes=["export " + WHERE[firmware], "no-tree"]).check()
    assert strings(element(report.exported[0], BOOTMGR, 0x23000003)) == [entry]


@arm64
@both
def bcd_made(context, firmware):
    """No store anywhere: one is made, and it names the WIM."""
    tree = {path: data for path, data in samples.image_files(context.build, 1).items()
            if os.path.basename(path) != "BCD"}
    with samples.temporary_file(b"") as path:
        samples.make_wim(path, [tree], boot_index=1)
        files = {"boot.wim": samples.read(path)}
    report = context.boot(firmware, files, shared_memory=1 << 20,
                          wishes=["export " + WHERE[firmware], "no-tree"]).check()
    assert "BCD: none given" in report.console
    entry = strings(element(report.exported[0], BOOTMGR, 0x24000001))[0]
    device = element(report.exported[0], entry, 0x11000001)
    assert "\\Boot\\boot.wim".encode("utf-16le") in device


@both
def bcd_menu(context, firmware):
    """A menu of three entries that a script makes reads back right."""
    script = b"""
local wims = { "boot.wim", "repair.wim", "tools.wim" }
function on.files(files)
  local entries = {}
  for i, name in ipairs(wims) do
    files[name] = files[name] or file.new(name, files["boot.wim"])
    entries[i] = { description = "Start " .. name, wim = "\\\\Boot\\\\" .. name }
  end
  files.BCD = bcd.winpe { timeout = 7, default = 2, entries = entries }:file()
end
"""
    files = {"wimboot.lua": script, "boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files, shared_memory=1 << 20,
                          wishes=["export " + WHERE[firmware], "no-tree"]).check()
    store = report.exported[0]
    order = strings(element(store, BOOTMGR, 0x24000001))
    titles = [strings(element(store, entry, 0x12000004))[0] for entry in order]
    assert titles == ["Start boot.wim", "Start repair.wim", "Start tools.wim"], titles
    assert strings(element(store, BOOTMGR, 0x23000003)) == [order[1]]
    assert element(store, BOOTMGR, 0x25000004) == (7).to_bytes(8, "little")
    assert all("\\Boot\\".encode("utf-16le") in element(store, entry, 0x11000001) for entry in order)


@test
def bcd_not_a_store(context):
    """What came instead of a store is named."""
    wim = samples.wim(context.build)
    context.refuse("bios", {"BCD": b"<html><body>404 Not Found</body></html>", "boot.wim": wim},
                   says=[r"BCD: not a BCD store but an HTML page"])
    context.refuse("bios", {"BCD": samples.store("menu")[:-1000], "boot.wim": wim},
                   says=[r"BCD: cut short", r"1000 are missing"])
