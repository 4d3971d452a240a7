-- SPDX-License-Identifier: BSD-2-Clause
-- bcd: stores, objects, elements; wrong arguments.
local s = bcd.open(files["BCD"])
local manager = s["{bootmgr}"]
assert(manager and s["{default}"] and #s.objects >= 3)
manager.timeout = 5
assert(manager.timeout == 5)
manager.timeout = nil
local entry = s:copy(s["{default}"], "A second entry")
assert(entry.description == "A second entry")
manager.displayorder = { s["{default}"], entry }
local again = bcd.open(s:file())
assert(again["{bootmgr}"].timeout == nil and #again["{bootmgr}"].displayorder == 2)
assert(type(again:dump()) == "string" and #again:references() > 0)
s:delete(entry)
for _, wrong in ipairs { {}, { 1 }, { "x" }, { disk }, { files["hello.txt"] }, { files["boot.wim"] } } do
    assert(not pcall(bcd.open, table.unpack(wrong)))
end
assert(not pcall(function() return s.nothing end) and not pcall(function() s.x = 1 end))
assert(not pcall(function() manager.no_such_element = 1 end))
for _, wrong in ipairs { {}, "x", print } do
    assert(not pcall(function() manager.timeout = wrong end), tostring(wrong))
end
for _, method in ipairs { "create", "copy", "delete", "references", "file", "dump" } do
    for _, foreign in ipairs { 1, "x", {}, disk, files["BCD"] } do
        assert(not pcall(s[method], foreign, "x", "x"))
    end
end
assert(bcd.new() and bcd.winpe { wim = "\\a.wim", sdi = "\\b.sdi" }["{bootmgr}"])
assert(not pcall(bcd.winpe, { wmi = "x" }) and not pcall(bcd.winpe, 1))
