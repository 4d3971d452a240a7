-- SPDX-License-Identifier: BSD-2-Clause
-- wim: what a script can ask and change; wrong arguments.
local w = wim.open(files["boot.wim"])
assert(w.compression == "lzx" and w.chunk_size == 32768 and w.boot_index == 2 and #w.images == 3)
assert(w:find("\\windows/system32\\IMAGE.TXT"):read() == "image 2")
assert(w:find("\\Windows\\System32\\image.txt", 1):read() == "image 1" and w:find("\\nothing") == nil)
local names = {}
for name, attributes, size in w:list("\\Windows\\System32", 3) do
    names[#names + 1] = name
    assert(math.type(attributes) == "integer" and math.type(size) == "integer")
end
table.sort(names)
assert(table.concat(names, " ") == "boot config image.txt startnet.cmd winload.efi", table.concat(names, " "))
w:inject("\\new\\folder\\x.txt", "text")
w:inject("\\Windows\\System32\\image.txt", files["hello.txt"])
w:remove("\\Windows\\System32\\startnet.cmd")
w.boot_index = 1
local again = wim.open(w:file())
assert(again.boot_index == 1 and again:find("\\new\\folder\\x.txt", 2):read() == "text")
assert(again:find("\\Windows\\System32\\image.txt", 2):read() == "hello world")
assert(again:find("\\Windows\\System32\\startnet.cmd", 2) == nil)
w.slim = true
local slim = wim.open(w:file())
assert(w.slim and #w.images == 3 and not slim.slim and #slim.images == 1 and slim.boot_index == 1)
assert(slim.images[1].name == w.images[1].name, "another name, or no memory for the XML")
assert(slim:find("\\Windows\\System32\\image.txt"):read() == "image 1")
w.slim = false
assert(#wim.open(w:file()).images == 3 and not pcall(function() w.slim = 1 end))
for _, wrong in ipairs { {}, { 1 }, { "x" }, { disk }, { files["hello.txt"] }, { files["BCD"] } } do
    assert(not pcall(wim.open, table.unpack(wrong)))
end
for _, wrong in ipairs { { "\\x", 0 }, { "\\x", 4 }, { "\\x", -1 }, { "\\x", 1 << 33 }, { "\\x", "y" }, {}, { {} },
    { "a\0b" } } do
    assert(not pcall(w.find, w, table.unpack(wrong)))
    assert(not pcall(w.list, w, table.unpack(wrong)))
    assert(not pcall(w.remove, w, table.unpack(wrong)))
end
for _, wrong in ipairs { 0, 4, -1, 1 << 33, "x", {}, 1.5 } do
    assert(not pcall(function() w.boot_index = wrong end))
end
for _, method in ipairs { "find", "list", "inject", "remove", "file" } do
    for _, foreign in ipairs { 1, "x", {}, disk, files["BCD"] } do
        assert(not pcall(w[method], foreign, "\\x", "x"))
    end
end
