-- SPDX-License-Identifier: BSD-2-Clause
-- registry: keys, values, types, .reg files; hives of a WIM; wrong arguments.
local path = "\\Windows\\System32\\config\\SYSTEM"
local w = wim.open(files["boot.wim"])
local reg = w:registry(path)
assert(tostring(reg) == "registry SYSTEM" and tostring(reg["Setup"]) == "registry key SYSTEM: Setup")
assert(reg.Setup.SetupType == 1 and reg["setup"].CMDLINE == "winpeshl.exe" and reg.Setup.nothing == nil)
assert(reg["nothing\\at\\all"].x == nil and reg:keys("nothing") == nil and reg:get("nothing", "x") == nil)
reg["nothing"].x = nil
assert(reg:keys("nothing") == nil)
assert(table.concat(reg:keys(), " ") == "ControlSet001 Select Setup")

-- Types.
local key = reg["Setup\\New"]
key.dword, key.negative, key.qword = 0xffffffff, -1, 1 << 40
key.text, key.list, key[""] = "h\u{e4}llo", { "a", "", "b" }, "default"
reg:set("Setup\\New", "expand", "%a%", "REG_EXPAND_SZ")
reg:set("Setup\\New", "bytes", "\0\1\xff", "binary")
reg:set("Setup\\New", "odd", "x", 1234)
reg:set("Setup\\New", "wide", 5, "qword")
key.expand, key.wide = "%b%", 6
local expected = { dword = { 0xffffffff, "dword" }, negative = { 0xffffffff, "dword" }, qword = { 1 << 40, "qword" },
    text = { "h\u{e4}llo", "sz" }, expand = { "%b%", "expand_sz" }, bytes = { "\0\1\xff", "binary" },
    odd = { "x", 1234 }, wide = { 6, "qword" }, [""] = { "default", "sz" } }
local count = 0
for name, value, type in reg:values("Setup\\New") do
    if name == "list" then
        assert(#value == 2 and value[1] == "a" and value[2] == "b" and type == "multi_sz")
    else
        assert(value == expected[name][1] and type == expected[name][2], name)
    end
    count = count + 1
end
assert(count == 10 and reg:values("nothing")() == nil)
assert(key.negative == 0xffffffff and select(2, reg:get("Setup\\New", "LIST")) == "multi_sz")

-- Values that are removed while a loop goes over them are left out.
local left = {}
reg:set("Setup\\Loop", "a", 1)
reg:set("Setup\\Loop", "b", 2)
reg:set("Setup\\Loop", "c", 3)
for name, value, type in reg:values("Setup\\Loop") do
    left[#left + 1] = name .. value .. type
    reg["Setup\\Loop"].b = nil
end
assert(table.concat(left, " ") == "a1dword c3dword", table.concat(left, " "))
reg["Setup\\Loop"] = nil

-- The control set that boots, and .reg files.
assert(reg["CurrentControlSet\\Services\\disk"].Start == 0)
assert(reg:import("REGEDIT4\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\disk]\n\"Start\"=dword:4\n"
    .. "[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]\n") == 1)
assert(reg["ControlSet001\\Services\\disk"].Start == 4)
assert(reg:import("REGEDIT4\n[HKLM\\PE\\Setup]\n@=\"x\"", "HKEY_LOCAL_MACHINE\\PE") == 1 and reg.Setup[""] == "x")
local good, problem = pcall(reg.import, reg, "REGEDIT4\n[HKLM\\SOFTWARE]\n")
assert(not good and problem:find("none of its 1 keys is in HKEY_LOCAL_MACHINE\\SYSTEM", 1, true), problem)

-- Removing.
assert(reg:delete("Setup\\New") and not reg:delete("Setup\\New") and reg:keys("Setup\\New") == nil)
reg["Select"] = nil
assert(reg:keys("Select") == nil and not pcall(function() reg.Setup = 1 end))
assert(not pcall(reg.delete, reg, ""))

-- Changes go back by themselves; the same path is the same hive; a file that was given stays as it is.
reg.Setup.back = 1
assert(w:registry("/windows/system32/CONFIG/system").Setup.back == 1)
local before = registry.open(w:find(path))
assert(before.Setup.back == 1)
reg.Setup.back = 2
assert(before.Setup.back == 1 and registry.open(reg:file()).Setup.back == 2)
local again = wim.open(w:file())
assert(again:registry(path).Setup.back == 2 and again:registry(path, 1).Setup.back == nil)
w:registry(path, 3).Setup.third = "3"
assert(wim.open(w:file()):registry(path, 3).Setup.third == "3")

-- Mistakes.
for _, wrong in ipairs { print, true, 1.5, reg } do
    assert(not pcall(function() reg.Setup.x = wrong end), tostring(wrong))
end
assert(not pcall(function() reg.Setup.x = { 1 } end) and not pcall(function() reg.Setup[{}] = 1 end))
assert(not pcall(reg.set, reg, "Setup", "x", "text", "dword") and not pcall(reg.set, reg, "Setup", "x", 1, "sz"))
assert(not pcall(reg.set, reg, "Setup", "x", 1 << 33, "dword") and not pcall(reg.set, reg, "Setup", "x", 1, "text"))
assert(not pcall(function() reg[("x"):rep(256)].x = 1 end) and not pcall(function() reg["a\0b"].x = 1 end))
for _, wrong in ipairs { "", "x", "REGEDIT4\nx", "REGEDIT4\n[HKLM\\SYSTEM]\n\"a\"=" } do
    assert(not pcall(reg.import, reg, wrong))
end
for _, wrong in ipairs { {}, { 1 }, { "x" }, { disk }, { files["hello.txt"] }, { files["boot.wim"] } } do
    assert(not pcall(registry.open, table.unpack(wrong)))
end
assert(not pcall(w.registry, w, "\\nothing") and not pcall(w.registry, w, "\\Windows"))
assert(not pcall(w.registry, w, path, 4))
for _, method in ipairs { "keys", "values", "get", "set", "delete", "import", "file" } do
    for _, foreign in ipairs { 1, "x", {}, disk, files["BCD"], reg.Setup } do
        assert(not pcall(reg[method], foreign, "x", "x"))
    end
end
