-- SPDX-License-Identifier: BSD-2-Clause
-- What the limits leave alone: ordinary programs.
assert(("x"):rep(100000):find("y") == nil and #("ab"):rep(1000, ",") == 2999)
assert(("x"):rep(-5) == "" and ("x"):rep(0) == "" and (""):rep(100) == "")
local t = { 3, 1, 2 }
table.sort(t)
table.insert(t, 4)
table.insert(t, 1, 0)
assert(table.concat(t, ",") == "0,1,2,3,4" and table.remove(t) == 4 and table.remove(t, 1) == 0)
assert(select("#", table.unpack(t, 1, 3)) == 3 and #table.move(t, 1, 3, 2) == 4)
assert(load("return 1 + 1")() == 2 and load("return x", "name", "t", { x = 5 })() == 5)
local f, message = load("syntax error here")
assert(f == nil and message:find("syntax error", 1, true))
assert(not pcall(load, {}) and not pcall(load, function() return nil end))
assert(setmetatable({}, { __index = { a = 1 } }).a == 1 and not pcall(setmetatable, {}, 1))
assert(not pcall(setmetatable, 1, {}))
assert(setmetatable({}, nil) and not pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {}))
local total = 0
for i = 1, 1000000 do
    total = total + i
end
assert(total == 500000500000)
local function depth(n)
    return n == 0 and 0 or 1 + depth(n - 1)
end
assert(depth(1000) == 1000)
assert(("%5.1f|%d|%x|%s|%q|%g"):format(1.25, 42, 255, "s", "q\n", 1e100) == "  1.2|42|ff|s|\"q\\\n\"|1e+100")
assert(tostring(1e15) == "1e+15" and tostring(0.1) == "0.1" and tostring(-0.0) == "-0.0" and 7 // 2 == 3)
assert(tostring(3.0) == "3.0" and tonumber("0x1p4") == 16.0 and tonumber("1e2") == 100.0 and tonumber("0x") == nil)
assert(math.floor(2.5) == 2 and 2 ^ 10 == 1024.0 and math.sqrt(16) == 4.0 and 7.5 % 2 == 1.5)
assert(utf8.char(0x20ac) == "€" and utf8.len("äöü") == 3)
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
assert(co() == 1 and co() == 2 and co() == 3)
assert(math.random(1, 6) >= 1 and _VERSION == "Lua 5.4")

-- The least integer has no negative.
assert(("x"):find("x", math.mininteger, true) == 1 and not ("x"):find("x", math.maxinteger))
