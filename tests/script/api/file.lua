-- SPDX-License-Identifier: BSD-2-Clause
-- file: reading, hashing, slicing, joining, patching.
local f = files["hello.txt"]
assert(f.name == "hello.txt" and f.size == 11 and f.path == nil)
assert(f:read() == "hello world" and f:read(6) == "world" and f:read(0, 5) == "hello" and f:read(11) == "")
assert(f:read(11, 0) == "")
for _, wrong in ipairs { { -1 }, { 12 }, { 0, 12 }, { 11, 1 }, { 0, -1 }, { math.maxinteger }, { 1, math.maxinteger },
    { math.mininteger, 1 }, { 0.5 }, { "x" }, { {} }, { 2 ^ 53, 1 } } do
    assert(not pcall(f.read, f, table.unpack(wrong)))
    assert(not pcall(f.slice, f, wrong[1], wrong[2] or 1))
end

assert(f:hash("sha1") == "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed")
assert(f:hash("sha256") == "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9")
assert(f:hash("crc32") == "0d4a1185")
assert(f:hash("xxh64") == "45ab6734b21e6968" and #f:hash("xxh3") == 16)
assert(not pcall(f.hash, f, "md5") and not pcall(f.hash, f) and not pcall(f.hash, f, 1))

local slice = f:slice(6, 5)
assert(slice:read() == "world" and slice.size == 5 and f:slice(11, 0).size == 0)
assert(slice:slice(1, 3):read() == "orl")

local joined = file.new("joined.txt", slice, " ", f, "!")
assert(joined:read() == "world hello world!" and joined.name == "joined.txt")
assert(file.new("empty").size == 0 and file.new("empty", ""):read() == "")

local patched = joined:patch(6, "HELLO")
assert(patched:read() == "world HELLO world!" and joined:read() == "world hello world!")
assert(patched:patch(0, slice:slice(3, 2)):read() == "ldrld HELLO world!")
for _, wrong in ipairs { { -1, "x" }, { 18, "x" }, { 17, "xy" }, { 0, {} }, { "x", "x" }, { math.maxinteger, "x" } } do
    assert(not pcall(joined.patch, joined, table.unpack(wrong)))
end
assert(joined:patch(18, ""):read() == joined:read())

local nested = file.new("Drivers/net\\e1000.inf", "inf")
assert(nested.name == "e1000.inf" and nested.path == "Drivers\\net\\e1000.inf")
assert(tostring(f) == "file hello.txt (11 bytes)")
for _, wrong in ipairs { {}, { "" }, { 1, {} }, { "x", {} }, { "x", 12 }, { "x", disk }, { "a\0b", "x" },
    { {}, "x" } } do
    assert(not pcall(file.new, table.unpack(wrong)))
end
for _, method in ipairs { "read", "hash", "slice", "patch" } do
    for _, foreign in ipairs { 1, "x", {}, disk, files, boot, print } do
        assert(not pcall(f[method], foreign, 0, 0))
    end
    assert(not pcall(f[method]))
end
