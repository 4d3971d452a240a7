-- SPDX-License-Identifier: BSD-2-Clause
-- files: look-ups, order, adding, dropping.
assert(files["BOOT.WIM"] == files["boot.wim"] and files["no such file"] == nil)
assert(#files == 6)

local names = {}
for name, f in pairs(files) do
    assert(f.name == name)
    names[#names + 1] = name
end
assert(table.concat(names, " ") == "boot.wim BCD hello.txt common.lua twice.lua files.lua")

files["new.txt"] = "text"
assert(files["NEW.TXT"]:read() == "text" and #files == 7)
files["new.txt"] = file.new("other name", "more ", "text")
assert(files["new.txt"].name == "new.txt" and files["new.txt"]:read() == "more text" and #files == 7)
files["copy.txt"] = files["hello.txt"]
assert(files["copy.txt"]:read() == "hello world" and files["hello.txt"])
files["new.txt"] = nil
files["copy.txt"] = nil
files["never there"] = nil
assert(#files == 6)

-- A loop may change the list.
for name in pairs(files) do
    files[name .. ".bak"] = "x"
end
assert(#files == 12)
for name in pairs(files) do
    if name:find("%.bak$") then
        files[name] = nil
    end
end
assert(#files == 6)

for _, wrong in ipairs { 1, true, {}, disk, print } do
    assert(not pcall(function() files["x"] = wrong end) or type(wrong) == "number")
    assert(not pcall(function() files[wrong] = "x" end) or type(wrong) == "number")
end
assert(not pcall(function() files["a\0b"] = "x" end))
assert(not pcall(function() files[""] = "x" end))
assert(not pcall(function() return files[nil] end))
