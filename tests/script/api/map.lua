-- SPDX-License-Identifier: BSD-2-Clause
-- map{}: patterns, several targets, hiding, and what no rule matches.
map {
    { "*.wim", "\\Deploy\\" },
    { "h?llo.*", "\\A\\", "\\B\\renamed.txt" },
    { "*.ttf" },
    { "bcd", "\\EFI\\Microsoft\\Boot\\BCD" },
}

assert(not pcall(map) and not pcall(map, 1) and not pcall(map, { 1 }) and not pcall(map, { {} }))
assert(not pcall(map, { { "x", 1 } }) and not pcall(map, { x = 1 }) and not pcall(map, { { 1, "x" } }))

function on.disk()
    assert(disk:find("\\Deploy\\boot.wim") and not disk:find("\\boot.wim"))
    assert(disk:find("\\A\\hello.txt") and disk:find("\\B\\renamed.txt") and not disk:find("\\hello.txt"))
    assert(not disk:find("\\wgl4_boot.ttf") and not disk:find("\\Boot\\Fonts\\wgl4_boot.ttf"))
    assert(disk:find("\\EFI\\Microsoft\\Boot\\BCD") and not disk:find("\\BCD"))
    assert(disk:find("\\boot.sdi") and disk:find("\\Sources\\boot.sdi"))
end
