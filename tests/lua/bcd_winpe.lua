-- SPDX-License-Identifier: BSD-2-Clause
-- bcd.winpe{} and s:dump().
local check = require("check")
local equal, raises, list = check.equal, check.raises, check.list

-- The simplest store.
local s = bcd.open(bcd.winpe { wim = "\\images\\pe.wim", sdi = "/boot/my.sdi" }:file())
local entry, bootmgr = s["{default}"], s["{bootmgr}"]
equal(#s.objects, 3)
equal(entry.device, "ramdisk=[boot]\\images\\pe.wim,{ramdiskoptions}")
equal(entry.osdevice, entry.device)
equal(entry.path, nil)
equal(entry.systemroot, "\\Windows")
equal(entry.winpe, true)
equal(entry.detecthal, true)
equal(entry.description, "Windows PE")
equal(entry.isolatedcontext, boot.firmware == "efi" or nil)
equal(entry.bootmenupolicy, nil)
equal(s["{ramdiskoptions}"].ramdisksdidevice, "boot")
equal(s["{ramdiskoptions}"].ramdisksdipath, "\\boot\\my.sdi")
equal(s["{ramdiskoptions}"].description, nil)
list(bootmgr.displayorder, { entry.id })
equal(bootmgr.timeout, 30)
equal(bcd.winpe()["{default}"].device, "ramdisk=[boot]\\sources\\boot.wim,{ramdiskoptions}")

-- A menu of three entries with everything.
s = bcd.open(bcd.winpe {
    timeout = 5, locale = "de-DE", testsigning = true, default = 2,
    ems = { port = 2 }, debug = { type = "Net", host_ip = 0x0A000001, host_port = 50000, key = "1.2.3.4" },
    options = { nx = "AlwaysOff", loadoptions = "/all" },
    entries = {
        { description = "One", wim = "one.wim" },
        { description = "Two", wim = "two.wim", sdi = "two.sdi", options = { nx = "OptIn", pae = 1 } },
        { description = "Three", wim = "three.wim" },
    },
}:file())
bootmgr, entry = s["{bootmgr}"], s["{default}"]
equal(bootmgr.timeout, 5)
equal(bootmgr.locale, "de-DE")
local titles = {}
for i, id in ipairs(bootmgr.displayorder) do
    local object = s[id]
    titles[i] = object.description
    equal(object.bootmenupolicy, 0)
    equal(object.testsigning, true)
    equal(object.ems, true)
    equal(object.debug, true)
    equal(object.locale, "de-DE")
    equal(object.loadoptions, "/all")
    list(object.inherit, { "{emssettings}", "{dbgsettings}" })
end
list(titles, { "One", "Two", "Three" })
equal(entry.description, "Two")
equal(entry.nx, 0)
equal(entry.pae, 1)
equal(s[bootmgr.displayorder[1]].nx, 2)
equal(s["{emssettings}"].emsport, 2)
equal(s["{emssettings}"].emsbaudrate, 115200)
equal(s["{dbgsettings}"].debugtype, 3)
equal(s["{dbgsettings}"].hostip, "10.0.0.1")
equal(s["{dbgsettings}"].port, 50000)
equal(s["{dbgsettings}"].debugport, nil)
local options = {}
for _, object in ipairs(s.objects) do
    if object.kind == "device" then
        options[#options + 1] = object.ramdisksdipath
    end
end
table.sort(options)
list(options, { "\\boot\\boot.sdi", "\\two.sdi" })
equal(bcd.winpe { debug = true }["{dbgsettings}"].baudrate, 115200)

-- Mistakes.
raises(function() bcd.winpe { wimm = "x" } end, "bcd.winpe: unknown key 'wimm'", "wim")
raises(function() bcd.winpe { timeout = "5" } end, "bcd.winpe: timeout should be a number, not a string")
raises(function() bcd.winpe { entries = { { title = "x" } } } end, "entry 1: unknown key 'title'")
raises(function() bcd.winpe { default = 2 } end, "default = 2")
raises(function() bcd.winpe { entries = {} } end, "0 entries")
raises(function() bcd.winpe { ems = { speed = 1 } } end, "ems: unknown key 'speed'")
raises(function() bcd.winpe { options = { nonsense = 1 } } end, "unknown element 'nonsense'")
raises(function() bcd.winpe(5) end, "a table of settings")

-- The dump.
equal(bcd.open(files["winpe-efi"]):dump(), [[
Windows Boot Manager
--------------------
identifier              {bootmgr}
description             boot manager
default                 {b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}
displayorder            {b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}
timeout                 30

Windows Boot Loader
-------------------
identifier              {b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}
device                  ramdisk=[boot]\Boot\boot.wim,{ramdiskoptions}
path                    \windows\system32\boot\winload.efi
description             winpe boot image
isolatedcontext         Yes
osdevice                ramdisk=[boot]\Boot\boot.wim,{ramdiskoptions}
systemroot              \windows
detecthal               Yes
winpe                   Yes

Ramdisk Options
---------------
identifier              {ramdiskoptions}
ramdisksdidevice        boot
ramdisksdipath          \Boot\boot.sdi
]])
s = bcd.open(files["menu"])
s["{default}"].nx = "AlwaysOn"
s["{default}"]["0x2600FFFF"] = false
s["{default}"]["0x1700000A"] = { 1, 2 }
s["{default}"]["0x58000001"] = "\0\255"
s:create(0x10200077)
local text = s:dump()
for _, line in ipairs { "displayorder            {b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}\n" ..
    "                        {b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a02}\n", "\nWindows Memory Tester\n",
    "nx                      AlwaysOn\n", "custom:2600ffff         No\n", "\nObject of type 0x10200077\n",
    "badmemorylist           1\n                        2\n", "custom:58000001         00ff\n",
    "device                  vhd=[locate]\\disk.vhd\n" } do
    if not text:find(line, 1, true) then
        error("not in the dump: " .. line .. text)
    end
end

print("ALL GOOD")
