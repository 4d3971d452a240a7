-- SPDX-License-Identifier: BSD-2-Clause
-- Where Lua shows an address, there is a serial number.
local function number_of(text)
    local number = text:match(": 0x(%x+)$")
    assert(number, text)
    assert(tonumber(number, 16) <= 20, text)
    return number
end

local coroutine_of_it = coroutine.create(print)
local first, second = {}, setmetatable({}, { __name = "sort of thing" })
local seen = {}
for _, value in ipairs { first, second, print, function() end, coroutine_of_it, files, boot, disk, bcd.new() } do
    local number = number_of(tostring(value))
    assert(not seen[number], "the same number for two objects")
    seen[number] = true
    assert(number_of(tostring(value)) == number, "two numbers for one object")
    assert(("%p"):format(value) == "0x" .. number)
    assert(("%10p"):format(value) == (" "):rep(8 - #number) .. "0x" .. number)
    assert(("%s"):format(value) == tostring(value))
end
assert(tostring(first):find("^table: ") and tostring(second):find("^sort of thing: "))
assert(tostring(print):find("^function: ") and tostring(coroutine_of_it):find("^thread: "))
assert(("%p"):format("text") == ("%p"):format("te" .. "xt") and ("%p"):format("text"):find("^0x%x%x?$"))
assert(("%p"):format(1) == "(null)" and ("%p"):format(nil) == "(null)")
local _, message = pcall(error, {})
number_of(tostring(message))
_, message = pcall(function() return boot[first] end)
assert(not message:find("0x%x%x%x"), message)

-- The seeds have 32 bits; an address on the host has more.
for _ = 1, 10 do
    local left, right = math.randomseed()
    assert(left >= 0 and left < 1 << 32 and right >= 0 and right < 1 << 32)
end
assert(math.randomseed(1, 2) == 1)
