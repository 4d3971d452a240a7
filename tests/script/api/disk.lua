-- SPDX-License-Identifier: BSD-2-Clause
-- disk: adding, finding, listing, removing; label and signature.
disk:add("\\Extra\\deep/er\\hello.txt", files["hello.txt"])
disk:add("text.txt", "made of a string")
assert(disk:find("extra\\DEEP\\er\\hello.txt") == files["hello.txt"])
assert(disk:find("\\text.txt"):read() == "made of a string" and disk:find("text.txt").name == "text.txt")
assert(disk:find("\\nothing") == nil and disk:find("\\Extra") == nil)

local paths = {}
for path, f in disk:list() do
    paths[#paths + 1] = path .. "=" .. f.size
end
table.sort(paths)
assert(table.concat(paths, " ") == "\\Extra\\deep\\er\\hello.txt=11 \\text.txt=16")

disk:remove("\\Extra")
assert(disk:find("\\Extra\\deep\\er\\hello.txt") == nil)
assert(not pcall(disk.remove, disk, "\\Extra"))
disk:add("\\dir\\file", "x")
for _, wrong in ipairs { { "\\dir", "x" }, { "\\dir\\file\\below", "x" }, { "..\\x", "x" }, { "a:b", "x" }, { "", "x" },
    { "\\", "x" }, { ("x"):rep(300), "x" }, { "x" }, { "x", {} }, { {}, "x" }, { "a\0b", "x" } } do
    assert(not pcall(disk.add, disk, table.unpack(wrong)), wrong[1])
end
disk:add("\\" .. ("x"):rep(255), "long")
assert(not pcall(disk.add, {}, "x", "x") and not pcall(disk.add, files["BCD"], "x", "x"))
disk:remove("\\dir")

disk.label = "SITE HQ"
assert(disk.label == "SITE HQ")
for _, wrong in ipairs { "", "twelve chars", "a/b", " a", "ä", 3.5, {} } do
    assert(not pcall(function() disk.label = wrong end) or wrong == 3.5, tostring(wrong))
end
disk.signature = 0xc0ffee
assert(disk.signature == 0xc0ffee)
for _, wrong in ipairs { 0, -1, 1 << 32, "x" } do
    assert(not pcall(function() disk.signature = wrong end))
end
