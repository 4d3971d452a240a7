-- SPDX-License-Identifier: BSD-2-Clause
-- console, log and print.
console.print("one", 2, nil, true)
print("text with äöü", {} ~= nil)
log.info("info")
log.warn("warning")
log.error("error")
console.write("raw")
console.clear()
local columns, rows = console.size()
assert(columns == 80 and rows == 25)
assert(console.key(0) == nil and console.key(1.5) == nil)
for _, wrong in ipairs { -1, 1e9, "x", {}, 0 / 0 } do
    assert(not pcall(console.key, wrong), tostring(wrong))
end
console.progress("label", 1, 2)
console.progress("label", 2, 2)
assert(not pcall(console.progress, "label", 3, 2) and not pcall(console.progress, "label", -1, 2))
assert(not pcall(console.progress, "a\0b", 1, 2) and not pcall(console.progress))
assert(console.read_line("prompt: ") == nil and console.read_line() == nil and console.read_line {} == nil)
assert(console.read_line { prompt = "name: ", default = "PC-1", timeout = 5 } == "PC-1")
for _, wrong in ipairs { { 1 }, { promt = "x" }, { default = 1 }, { prompt = {} }, { timeout = -1 }, { timeout = "1" },
    { timeout = 0 / 0 }, { timeout = 1e9 }, { pattern = true } } do
    assert(not pcall(console.read_line, wrong))
end
local good, message = pcall(console.read_line, { promt = "x" })
assert(not good and message:find("unknown key 'promt' (known: prompt, default, timeout, hidden, pattern)", 1, true))
assert(not pcall(print, setmetatable({}, { __tostring = function() error("x") end })))
