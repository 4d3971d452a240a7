-- SPDX-License-Identifier: BSD-2-Clause
-- Stores, objects and elements.
local check = require("check")
local equal, raises, list = check.equal, check.raises, check.list

local s = bcd.open(files["menu"])
local bootmgr, entry = s["{bootmgr}"], s["{default}"]

-- Objects.
equal(#s.objects, 9)
equal(bootmgr.id, "{bootmgr}")
equal(bootmgr.guid, "{9dea862c-5cdd-4e70-acc1-f32b344d4795}")
equal(bootmgr.kind, "bootmgr")
equal(entry.kind, "osloader")
equal(tostring(entry), "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}")
equal(s["{B5B1F0A0-6d7c-4f6e-9a51-0d5f3c2e7a02}"] == entry, true)
equal(s["{ntldr}"], nil)
equal(s["{ramdiskoptions}"].kind, "device")
equal(s.warning, nil)
raises(function() return s.object end, "unknown field 'object'", "objects")
raises(function() s.x = 1 end, "cannot be set")

-- Reading.
equal(bootmgr.timeout, 15)
equal(bootmgr.default, entry.id)
equal(bootmgr.locale, "en-US")
equal(bootmgr.displaybootmenu, nil)
equal(#bootmgr.displayorder, 3)
equal(bootmgr.displayorder[2], entry.id)
list(bootmgr.inherit, { "{globalsettings}" })
equal(entry.device, "ramdisk=[boot]\\Boot\\rescue.wim,{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7b02}")
equal(entry.winpe, true)
equal(entry["0x26000022"], true)
equal(entry["custom:12000004"], "Second image (rescue.wim)")
raises(function() return entry.pathh end, "unknown element 'pathh' (did you mean 'path'?)", entry.id)
raises(function() return entry.colour end, "unknown element 'colour' (known: ", entry.id)
equal(entry.timeout, nil) -- of the boot manager
equal(bootmgr.osdevice, nil)
equal(s["{ramdiskoptions}"].osdevice, nil)
raises(function() entry.timeout = 3 end, "an object of kind osloader has no element 'timeout'", entry.id)
raises(function() entry.nxx = 3 end, "unknown element 'nxx' (did you mean 'nx'?)")
equal(entry.WinPE, true)
equal(bootmgr.TIMEOUT, 15)

-- Writing, each sort.
entry.path = "\\Windows\\Système.exe"
equal(entry.path, "\\Windows\\Système.exe")
entry.path = nil
equal(entry.path, nil)
entry.path = nil
entry.nx = "optout"
equal(entry.nx, 1)
entry.nx = 3
equal(entry.nx, 3)
raises(function() entry.nx = "never" end, ".nx: a number is expected", "AlwaysOff")
raises(function() entry.nx = {} end, ".nx: a number is expected")
entry.hostip = "10.0.2.255"
equal(entry.hostip, "10.0.2.255")
equal(entry.HostIP, "10.0.2.255")
entry.hostip = 0xC0A80001
equal(entry.hostip, "192.168.0.1")
entry.kernelhostip = "1.2.3.4"
equal(entry.kernelhostip, "1.2.3.4")
entry.kernelhostip = nil
for _, address in ipairs { "10.0.2", "10.0.2.256", "10.0.2.2.2", "10..2.2", "10.0.2.2 ", "0010.0.2.2", "" } do
    raises(function() entry.hostip = address end, ".hostip: a number is expected")
end
for word, value in pairs { on = true, OFF = false, Yes = true, no = false, TRUE = true, ["false"] = false } do
    entry.detecthal = word
    equal(entry.detecthal, value)
end
for _, wrong in ipairs { "onn", "", "1", "maybe" } do
    raises(function() entry.detecthal = wrong end, ".detecthal: true or false is expected, not " .. wrong)
end
entry.detecthal = false
equal(entry.detecthal, false)
raises(function() entry.detecthal = 1 end, ".detecthal: true or false is expected, not 1")
entry.device = "vhd=[locate]/disk.vhd"
equal(entry.device, "vhd=[locate]\\disk.vhd")
raises(function() entry.device = "C:" end, entry.id .. ".device: ", "ramdisk=[boot]")
raises(function() entry.device = true end, "a device is expected as text, not a boolean")
raises(function() entry.description = true end, ".description: a string is expected, not a boolean")
raises(function() entry.description = "a\0b" end, "\\0")
bootmgr.displayorder = { entry, s["{memdiag}"].guid, "{memdiag}" }
list(bootmgr.displayorder, { entry.id, "{memdiag}", "{memdiag}" })
bootmgr.displayorder = entry
list(bootmgr.displayorder, { entry.id })
bootmgr.default = "{memdiag}"
equal(s["{default}"] == s["{memdiag}"], true)
raises(function() bootmgr.default = "first" end, "{bootmgr}.default: 'first' is neither a GUID")
raises(function() bootmgr.displayorder = { true } end, "not a boolean")
bootmgr["0x27000030"] = { 1, 2, -1 }
list(bootmgr["0x27000030"], { 1, 2, -1 })
raises(function() bootmgr["0x27000030"] = { 1, "x" } end, "item 2 of the list")
bootmgr["0x58000001"] = "\0\1bytes"
equal(bootmgr["0x58000001"], "\0\1bytes")

-- The store as a file, and back.
local written = s:file()
equal(written.name, "menu")
local again = bcd.open(written)
equal(again["{bootmgr}"]["0x58000001"], "\0\1bytes")
equal(again["{memdiag}"].path, "\\Boot\\memtest.exe")
equal(bcd.open(files["winpe-any"]):file(), files["winpe-any"])

-- Making, copying, deleting.
local made = s:create("osloader", "Made")
equal(made.description, "Made")
equal(made.kind, "osloader")
equal(s:create("inherit device").kind, "inherit device")
equal(s:create("{dbgsettings}").id, "{dbgsettings}")
equal(s:create(0x10200077).kind, 0x10200077)
raises(function() s:create("{dbgsettings}") end, "has an object {4636856e-")
raises(function() s:create("loader") end, "unknown kind 'loader'", "osloader")
local copy = s:copy(entry, "Copy")
equal(copy.description, "Copy")
equal(copy.systemroot, "\\windows")
equal(copy == entry, false)
equal(s:copy("{memdiag}").description, "Windows Memory Diagnostic")
s:delete(entry)
equal(bootmgr.displayorder, nil)
raises(function() return entry.path end, "deleted")
raises(function() s:delete("{ntldr}") end, "no object {ntldr}")
raises(function() s:delete(again["{memdiag}"]) end, "another store")

-- Conversion.
equal(bcd.open(files["winpe-bios"]):convert("efi"), 1)
equal(bcd.open(files["winpe-bios"]):convert("bios"), 0)
equal(bcd.open(files["winpe-efi"]):convert("bios"), 1)
equal(bcd.open(files["winpe-bios"]):convert(), boot.firmware == "efi" and 1 or 0)

-- What is not a store.
raises(function() bcd.open(file.new("BCD", "<html>404")) end, "bcd.open: BCD: not a BCD store", "HTML")
raises(function() bcd.open(files["menu"]:slice(0, 20000)) end, "are missing at the end")

print("ALL GOOD")
