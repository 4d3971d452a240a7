-- SPDX-License-Identifier: BSD-2-Clause
-- menu{}: keys, countdown, scrolling. The keyboard is played here. What it looks like is tested in
-- tests/preview/test_screen.py.
local function play(keys)
    local position = 0
    console.key = function(timeout)
        assert(timeout == nil or timeout == 1)
        position = position + 1
        return keys[position] or nil
    end
end

local screen = ""
console.write = function(text)
    screen = screen .. text
end

local chosen
local items = {
    title = "What to do?",
    { "Deploy", function(item) chosen = item[1] end },
    { "Recovery", index = 2 },
    { "Shell", key = "s", value = { any = "thing" } },
}

play { "enter" }
assert(menu(items) == items[1] and chosen == "Deploy")
play { "down", "enter" }
assert(menu(items) == items[2] and boot.index == 2)
boot.index = nil
play { "down", "down", "down", "down", "up", "enter" }
assert(menu(items) == items[2])
boot.index = nil
play { "S" }
assert(menu(items).value.any == "thing")
play { "end", "home", "x", "f5", "escape", "1" }
assert(menu(items) == items[1])
play {} -- no keyboard: the default
assert(menu { default = 3, { "a" }, { "b" }, { "c" } }[1] == "c")

-- The countdown: to its end, or stopped by any key.
play { false, false, false }
assert(menu { timeout = 3, default = 2, { "a" }, { "b" } }[1] == "b")
assert(screen:find("b in 3 s; any key stops the countdown.", 1, true) and screen:find("b in 1 s", 1, true))
play { false, "x", "up", "enter" }
assert(menu { timeout = 3, default = 2, { "a" }, { "b" } }[1] == "a")
play { false, "down", "enter" }
assert(menu { timeout = 3, { "a" }, { "b" } }[1] == "b")
play { "2" }
assert(menu { timeout = 3, { "a" }, { "b" } }[1] == "b")
assert(menu { timeout = 0, default = 2, { "a" }, { "b" } }[1] == "b")

-- A list that is longer than the screen; texts that are wider.
local long = { title = ("wide "):rep(40) }
for i = 1, 100 do
    long[i] = { ("item %d äöü "):format(i) .. ("x"):rep(200) }
end
play { "end" }
assert(menu(long) == long[100])
play { "page down", "page down", "page up", "enter" }
assert(menu(long) == long[18], "a page is 17 items")

for _, wrong in ipairs { {}, { 1 }, { { 1 } }, { { "a", 1 } }, { { "a", x = 1 } }, { "a" }, { timeout = -1, { "a" } },
    { timeout = "x", { "a" } }, { default = 2, { "a" } }, { default = 0, { "a" } }, { x = 1, { "a" } } } do
    local ok, message = pcall(menu, wrong)
    assert(not ok and message:find("^menu.lua:%d+: menu: ") or message:find("^menu: "), message)
end
assert(not pcall(menu))

-- Help, page by page.
local columns, rows = console.size()
local help = ("word "):rep(columns) .. "\n\nlast line of page " .. ("\n"):rep(rows * 2) .. "the end"
local screens = {}
screen = ""
console.clear = function()
    screens[#screens + 1], screen = screen .. "\n", ""
end
play { "f1", "enter", "page down", "page up", "x", "enter", "enter", "?", "escape", "down", "enter" }
assert(menu { help = help, { "a" }, { "b" } }[1] == "b")
local shown = table.concat(screens) .. screen
screen = ""
assert(shown:find("F1: help.", 1, true) and shown:find("Page 3 of 3. Enter: to the menu", 1, true))
assert(select(2, shown:gsub("Page 2 of 3", "")) == 3 and select(2, shown:gsub("Page 1 of 3", "")) == 2)
for line in shown:gmatch("[^\n]+") do
    assert(utf8.len(line) < columns, line)
end
play { "f1", "?", "enter" } -- without help, they are keys as any
assert(menu { { "a" }, { "b" } }[1] == "a" and not screen:find("F1", 1, true))
play { "f1", "enter", "enter" }
assert(menu { help = "", { "a" } }[1] == "a")
assert(not pcall(menu, { help = 7, { "a" } }))
