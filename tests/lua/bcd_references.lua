-- SPDX-License-Identifier: BSD-2-Clause
-- What a store refers to, and the check of that against the disk.
local check = require("check")
local equal, raises = check.equal, check.raises
local references = require("references")

local efi = boot.firmware == "efi"
local manager = efi and "\\EFI\\BOOT\\BOOTX64.EFI" or "\\bootmgr.exe"
local store_path = efi and "\\EFI\\BOOT\\BCD" or "\\Boot\\BCD"

-- A disk with nothing but the store and what is named.
local function fill(store_file, given)
    for path in disk:list() do
        disk:remove(path)
    end
    for name in pairs(files) do
        if name:find("%.wim$") or name:find("%.sdi$") or name:find("%.vhd$") then
            files[name] = nil
        end
    end
    disk:add(store_path, store_file)
    for path, file in pairs(given) do
        disk:add(path, file)
    end
end

-- Check a store that is on the disk as store_file. `facts` has what the steps before have found out.
local function run(store_file, facts, store)
    facts = facts or {}
    facts.store, facts.store_file, facts.manager = store or bcd.open(store_file), store_file, manager
    facts.windows, facts.entries = { arch = "" }, {}
    references(facts)
end

local wim, sdi = file.new("boot.wim", "a WIM"), file.new("boot.sdi", "an SDI")
local winpe = files["winpe-any"]

-- The list.
local list = bcd.open(files["menu"]):references("bios")
equal(#list, 8)
equal(list[1].kind, "wim")
equal(list[1].path, "\\Boot\\rescue.wim")
equal(list[1].place, "boot")
equal(list[1].element, "device")
equal(list[1].description, "Second image (rescue.wim)")
equal(list[3].kind, "application-in-wim")
equal(list[3].place, "\\Boot\\rescue.wim")
equal(list[8].path, "\\Boot\\memtest.exe")
equal(list[1].boots, true) -- the default entry, which is the second of the menu
equal(list[4].boots, false)
equal(list[8].optional, true)
equal(list[8].other_disk, false)

-- All there.
fill(winpe, { ["\\boot\\BOOT.WIM"] = wim, ["\\Boot\\boot.sdi"] = sdi })
run(winpe)

-- One file of the kind under another name or elsewhere: it is put there.
fill(winpe, { ["\\other\\image.wim"] = wim, ["\\Sources\\boot.sdi"] = sdi })
run(winpe)
equal(disk:find("\\Boot\\boot.wim"), wim)
equal(disk:find("\\Boot\\boot.sdi"), sdi)
fill(winpe, { ["\\Boot\\boot.sdi"] = sdi })
files["given.wim"] = wim
run(winpe)
equal(disk:find("\\Boot\\boot.wim").size, wim.size)

-- Of two, the one of that name; without one, an error with all that helps.
local other = file.new("b.wim", "another WIM")
fill(winpe, { ["\\x\\a.wim"] = other, ["\\x\\boot.wim"] = wim, ["\\Boot\\boot.sdi"] = sdi })
run(winpe)
equal(disk:find("\\Boot\\boot.wim"), wim)
fill(winpe, { ["\\x\\a.wim"] = wim, ["\\x\\b.wim"] = other, ["\\Boot\\boot.sdi"] = sdi })
raises(function() run(winpe) end, 'entry "winpe boot image"', "\\Boot\\boot.wim",
    "{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}.device", "in \\Boot there is", "boot.sdi", "b.wim",
    'disk:add("\\\\Boot\\\\boot.wim", files["', "boot.check = false")

-- boot.check = false: a finding of the verdict, which warns.
boot.check = false
run(winpe)
boot.check = true
local finding = boot.verdict[#boot.verdict]
equal(finding.about, "entry")
equal(finding.text:find('BCD: entry "winpe boot image" needs the WIM \\Boot\\boot.wim', 1, true), 1)
assert(not finding.fatal)
equal(disk:find("\\Boot\\boot.wim"), nil)

-- Nothing that could be meant: where to get it.
fill(winpe, { ["\\Boot\\boot.wim"] = wim })
raises(function() run(winpe) end, "{ramdiskoptions}.ramdisksdipath", "\\Boot\\boot.sdi",
    "Windows installation medium", "initrd --name boot.sdi")
fill(winpe, { ["\\Boot\\boot.sdi"] = sdi })
raises(function() run(winpe) end, "initrd --name boot.wim")

-- The store itself.
fill(winpe, { ["\\Boot\\boot.wim"] = wim, ["\\Boot\\boot.sdi"] = sdi })
disk:remove(store_path)
run(winpe)
local last_path = efi and "\\EFI\\Microsoft\\Boot\\BCD" or "\\Boot\\BCD"
equal(disk:find(last_path), winpe)

-- A menu: tools may be missing; the memory test is found where UEFI has it; a VHD must be there.
local menu = files["menu"]
local memtest = file.new("memtest.efi", "MZ")
local all = {
    ["\\Boot\\boot.wim"] = wim, ["\\Boot\\rescue.wim"] = wim, ["\\Boot\\boot.sdi"] = sdi,
    ["\\Boot\\rescue.sdi"] = sdi, ["\\disk.vhd"] = file.new("disk.vhd", "a VHD"),
}
fill(menu, all)
run(menu)
equal(disk:find("\\Boot\\memtest.exe"), nil)
disk:add("\\EFI\\Microsoft\\Boot\\memtest.efi", memtest)
run(menu)
equal(disk:find("\\Boot\\memtest.exe"), memtest)
all["\\disk.vhd"] = nil
fill(menu, all)
run(menu) -- what only another entry needs is a warning
boot.check = "all"
raises(function() run(menu) end, 'entry "VHD on any volume"', "\\disk.vhd", ".device")
boot.check = true

-- A menu whose default entry has no WIM: neither another entry's nor one of another name is put there.
all["\\disk.vhd"], all["\\Boot\\rescue.wim"] = file.new("disk.vhd", "a VHD"), nil
fill(menu, all)
raises(function() run(menu, { wim = wim }) end, "(rescue.wim)", "\\Boot\\rescue.wim")
equal(disk:find("\\Boot\\rescue.wim"), nil)
-- One of the name that an entry asks for, and that no other entry has, is.
all["\\x\\rescue.wim"] = other
fill(menu, all)
run(menu, { wim = wim })
equal(disk:find("\\Boot\\rescue.wim"), other)

-- Of two WIMs, with one entry: the one that boots.
fill(winpe, { ["\\x\\a.wim"] = wim, ["\\x\\b.wim"] = other, ["\\Boot\\boot.sdi"] = sdi })
run(winpe, { wim = other, archive = { find = function() return sdi end } })
equal(disk:find("\\Boot\\boot.wim"), other)

-- Another disk: of Windows nothing is said, of a WIM there is a finding; ours is ours.
local s = bcd.open(winpe)
local entry = s["{default}"]
entry.device = "partition=mbr:12345678:1048576"
entry.osdevice = entry.device
fill(winpe, {})
local count = #boot.verdict
run(winpe, nil, s)
equal(#boot.verdict, count)
entry.device = "ramdisk=[partition=mbr:12345678:1048576]\\x.wim,{ramdiskoptions}"
fill(winpe, { ["\\Boot\\boot.sdi"] = sdi })
run(winpe, nil, s)
finding = boot.verdict[#boot.verdict]
equal(#boot.verdict, count + 1)
equal(finding.about, "entry")
equal(finding.text, 'BCD: entry "winpe boot image" takes \\x.wim from partition=mbr:12345678:1048576, which is not the '
    .. 'virtual disk. If this is not intended: on.bcd = function(s) s["{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}"].device'
    .. ' = "ramdisk=[boot]\\\\x.wim,{ramdiskoptions}" end')
entry.device = ("ramdisk=[partition=mbr:%08X:65536]\\x.wim"):format(disk.signature)
raises(function() run(winpe, nil, s) end, "\\x.wim")

-- What boot managers look for on all disks may be on one of the machine's.
fill(winpe, { ["\\Boot\\boot.sdi"] = sdi })
s = bcd.open(winpe)
entry = s["{default}"]
for _, device in ipairs { "ramdisk=[locate]\\x.wim,{ramdiskoptions}", "vhd=[locate]\\x.vhd" } do
    count = #boot.verdict
    entry.device, entry.osdevice = device, device
    run(winpe, nil, s)
    equal(#boot.verdict, count + 1)
    finding = boot.verdict[count + 1]
    assert(finding.text:find("Boot managers look for it on all disks", 1, true) and not finding.fatal)
    boot.check = "all"
    raises(function() run(winpe, nil, s) end, "which is not on the disk")
    boot.check = true
end
count = #boot.verdict
for _, device in ipairs { "locate=\\Windows\\System32\\winload.exe", "locate=custom:12000002" } do
    entry.device, entry.osdevice = device, device
    run(winpe, nil, s)
    equal(#boot.verdict, count)
end

-- A program in the WIM, winload too, is looked up in the image that boots.
fill(winpe, { ["\\Boot\\boot.wim"] = wim, ["\\Boot\\boot.sdi"] = sdi })
local asked
local opened = { find = function(_, path, index)
    asked = path .. " " .. index
    return nil
end }
raises(function() run(winpe, { wim = wim, archive = opened, image = 2 }) end,
    "\\Windows\\System32\\boot\\winload", "image 2 of \\Boot\\boot.wim does not have")
equal(asked, "\\Windows\\System32\\boot\\winload." .. (efi and "efi" or "exe") .. " 2")

-- No {bootmgr}.
raises(function() bcd.new():references() end, "no {bootmgr}")
fill(winpe, {})
raises(function() run(winpe, nil, bcd.new()) end, "no {bootmgr}")
boot.check = false
run(winpe, nil, bcd.new())

print("ALL GOOD")
