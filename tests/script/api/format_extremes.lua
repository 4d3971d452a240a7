-- SPDX-License-Identifier: BSD-2-Clause
-- The longest results of each conversion, of which Lua's buffers on the C stack have just the size.
local numbers = { 0.0, -0.0, 1.5, -1 / 3, 5e-324, -1.7976931348623157e308, 2 ^ 53, 1 / 0, -1 / 0, 0 / 0 }
local integers = { 0, 1, -1, math.maxinteger, math.mininteger }
local tried = 0

local function try(format, value)
    local done, text = pcall(string.format, format, value)
    if done then
        tried = tried + 1
        local width = tonumber(format:match("^%%[-+#0 ]*(%d+)"))
        assert(not width or #text >= width, format)
        assert(#text < 420, format .. " gives " .. text)
    end
end

for _, flags in ipairs { "", "-", "+", " ", "#", "0", "-+", "+#0" } do
    for _, width in ipairs { "", "1", "9", "99" } do
        for _, precision in ipairs { "", ".", ".0", ".1", ".20", ".99" } do
            for letter in ("eEfFgGaA"):gmatch(".") do
                for _, number in ipairs(numbers) do
                    try("%" .. flags .. width .. precision .. letter, number)
                end
            end
            for letter in ("dixXo"):gmatch(".") do
                for _, integer in ipairs(integers) do
                    try("%" .. flags .. width .. precision .. letter, integer)
                end
            end
        end
    end
end
assert(tried > 5000, tried)
for _, format in ipairs { "%99.99s", "%-99.99s", "%99s", "%.99s", "%.0s", "%s" } do
    local text = string.format(format, ("x"):rep(98))
    assert(#text <= 99 and #string.format(format, ("x"):rep(300)) <= 300)
end
assert(#string.format("%99c", 65) == 99 and #string.format("%-99p", {}) == 99)
for _, format in ipairs { "%100d", "%.100f", "%1.100s", "%", "%5", "%y", "%99", "%.", "%3q", "%10.10c" } do
    assert(not pcall(string.format, format, 1), format)
end
for _, value in ipairs { 1 / 0, -1 / 0, 0 / 0, math.mininteger, 5e-324, 0.1, "a\0b\n\r\"\\1" } do
    assert(load("return " .. string.format("%q", value)))
end
assert(#tostring(-1.7976931348623157e308) < 30 and #(-1.7976931348623157e308 .. "") < 30)
for digits = 1, 2000, 37 do
    local zeros, nines = ("0"):rep(digits), ("9"):rep(digits)
    assert(tonumber("1" .. zeros .. "e-" .. digits) == 1.0)
    assert(tonumber("0." .. zeros .. "1e" .. digits + 1) == 1.0)
    assert(tonumber("0." .. nines) <= 1.0 and tonumber("0." .. nines) >= 0.9)
    assert(tonumber("0x" .. ("f"):rep(digits)) == (digits < 16 and (1 << 4 * digits) - 1 or -1))
end
