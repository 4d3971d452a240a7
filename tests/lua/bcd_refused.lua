-- SPDX-License-Identifier: BSD-2-Clause
-- Stores that boot managers refuse, and what is made of them.
local check = require("check")
local equal, raises = check.equal, check.raises
local mend = require("bcd_mend")

-- Paths without a leading backslash, and with slashes.
for _, name in ipairs { "refused-noslash", "refused-slash" } do
    local s = bcd.open(files[name])
    mend(s)
    equal(s["{default}"].device, "ramdisk=[boot]\\sources\\boot.wim,{ramdiskoptions}")
    equal(s["{default}"].osdevice, s["{default}"].device)
end

-- Neither a default entry nor an order of the menu.
local s = bcd.open(files["refused-nodefault"])
mend(s)
local list = s:references("bios")
equal(list[1].kind, "wim")
equal(list[1].boots, true)
equal(#s["{bootmgr}"].displayorder, 1)

-- With two entries nobody can say which is meant.
s = bcd.open(files["refused-nodefault"])
s:create("osloader", "Another")
raises(function() mend(s) end, "0xc0000098", "Another", 'default = "{')
-- With none, there is nothing to start.
s = bcd.new()
s:create("{bootmgr}")
raises(function() mend(s) end, "0xc0000098", "Leave out the BCD")

-- Booleans that another tool wrote as numbers of four bytes; what cannot be understood stays.
local function refused(store)
    local names = {}
    for _, element in ipairs(store["{default}"]:elements()) do
        names[#names + 1] = element.refused and element.name or nil
    end
    return table.concat(names, " ")
end

local bytes = files["winpe-any"]:read()
local numbers, count = bytes:gsub("\1\0\0\x80\1\0\0\0\3\0\0\0", "\4\0\0\x80\1\0\0\0\4\0\0\0")
equal(count, 2)
s = bcd.open(file.new("BCD", numbers))
equal(refused(s), "detecthal winpe")
mend(s)
equal(refused(s), "")
equal(s["{default}"].winpe, true)
s = bcd.open(file.new("BCD", (bytes:gsub("\1\0\0\x80\1\0\0\0\3\0\0\0", "\0\0\0\x80\1\0\0\0\3\0\0\0"))))
mend(s)
equal(refused(s), "detecthal winpe")

-- Paths of the options and of applications; an entry without a description.
s = bcd.open(files["winpe-any"])
s["{ramdiskoptions}"].ramdisksdipath = "boot/boot.sdi"
s["{default}"].path = "Windows/system32/winload.efi"
s["{default}"].description = nil
mend(s)
equal(s["{ramdiskoptions}"].ramdisksdipath, "\\boot\\boot.sdi")
equal(s["{default}"].path, "\\Windows\\system32\\winload.efi")
equal(s["{default}"].description, "Windows PE")

-- The only entry has no device.
s = bcd.open(files["winpe-any"])
local device = s["{default}"].device
s["{default}"].device = nil
mend(s)
equal(s["{default}"].device, device)
s["{default}"].device = nil
s:create("osloader", "Another") -- then boot managers start that
mend(s)
equal(s["{default}"].device, nil)

-- A sound store is left alone.
s = bcd.open(files["menu"])
mend(s)
equal(s:file(), files["menu"])

print("ALL GOOD")
