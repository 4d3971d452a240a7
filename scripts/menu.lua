-- SPDX-License-Identifier: BSD-2-Clause
-- menu{ title = "...", timeout = 10, default = 1, { "Deploy", function() ... end }, ... }: let the
-- user choose. Draws only lines of text, so it looks the same on a BIOS
-- screen, a UEFI console and a serial line; a list that is longer than the screen scrolls.

local loader = ...

local lines_around = 6 -- title, empty lines, "more" lines and the line at the bottom
local hint = "Arrow keys and Enter choose, or the key in front of an item."

local function check_item(item, number)
    if type(item) ~= "table" or type(item[1]) ~= "string" then
        error(("menu: item %d is not a table that starts with a text"):format(number), 4)
    elseif item[2] ~= nil and type(item[2]) ~= "function" then
        error(("menu: item %d: what follows the text is a %s, not a function"):format(number, type(item[2])), 4)
    end
    for key in pairs(item) do
        if key ~= 1 and key ~= 2 and key ~= "key" and key ~= "index" and key ~= "value" then
            error(("menu: item %d: unknown key '%s' (known: key, index, value)"):format(number, tostring(key)), 4)
        end
    end
end

local function check_number(options, name, least, most)
    local value = options[name]
    if value ~= nil and (type(value) ~= "number" or value < least or value > most) then
        error(("menu: %s is %s, not a number from %d to %d"):format(name, tostring(value), least, most), 4)
    end
end

local function check_options(options)
    if type(options) ~= "table" or #options == 0 then
        error("menu: needs a table with at least one item: menu{ { \"Deploy\" } }", 3)
    end
    for key in pairs(options) do
        if math.type(key) ~= "integer" and key ~= "title" and key ~= "timeout" and key ~= "default"
            and key ~= "help" then
            error(("menu: unknown key '%s' (known: title, timeout, default, help, and the items)"):format(
                tostring(key)), 3)
        end
    end
    if options.help ~= nil and type(options.help) ~= "string" then
        error(("menu: help is a %s, not a text"):format(type(options.help)), 3)
    end
    for number, item in ipairs(options) do
        check_item(item, number)
    end
    check_number(options, "timeout", 0, 86400)
    check_number(options, "default", 1, #options)
end

-- The key that chooses each item: its own, or else its number.
local function hot_keys(options)
    local keys, taken = {}, {}
    for number, item in ipairs(options) do
        if item.key then
            keys[number] = tostring(item.key):lower()
            taken[keys[number]] = number
        end
    end
    for number = 1, math.min(9, #options) do
        local key = tostring(number)
        if not keys[number] and not taken[key] then
            keys[number] = key
            taken[key] = number
        end
    end
    return keys, taken
end

-- A text cut to a number of characters.
local function cut(text, length)
    text = text:gsub("%c", " ")
    local characters = utf8.len(text)
    if not characters then
        return text:sub(1, length)
    elseif characters <= length then
        return text
    end
    return text:sub(1, utf8.offset(text, length - 2) - 1) .. "..."
end

-- The first item to show so that the chosen one is in sight.
local function scroll(first, chosen, height)
    if chosen < first then
        return chosen
    elseif chosen >= first + height then
        return chosen - height + 1
    end
    return first
end

local function draw(options, keys, chosen, first, height, columns)
    local last = math.min(#options, first + height - 1)
    local lines = { cut(options.title or "Choose what to boot", columns - 1), "" }
    lines[#lines + 1] = first > 1 and "      ..." or ""
    for number = first, last do
        local marker = number == chosen and "> " or "  "
        local key = keys[number] and keys[number] .. " " or "  "
        lines[#lines + 1] = marker .. key .. cut(options[number][1], columns - #marker - #key - 1)
    end
    lines[#lines + 1] = last < #options and "      ..." or ""
    console.clear()
    console.write(table.concat(lines, "\n") .. "\n")
end

local function moved(key, chosen, count, height)
    local steps = { up = -1, down = 1, ["page up"] = -height, ["page down"] = height, home = -count, ["end"] = count }
    return steps[key] and math.max(1, math.min(count, chosen + steps[key]))
end

-- Count down on the bottom line until a key is pressed; that key, or nil.
local function count_down(seconds, item)
    for left = math.ceil(seconds), 1, -1 do
        console.write(("\r%s in %d s; any key stops the countdown. "):format(cut(item[1], 40), left))
        local key = console.key(1)
        if key then
            console.write("\n")
            return key
        end
    end
end

local function choose(options)
    local hint_line = (options.help and hint .. " F1: help." or hint) .. "\n"
    local chosen = options.default or 1
    local columns, rows = console.size()
    local height = math.max(3, rows - lines_around)
    local keys, by_key = hot_keys(options)
    local first = scroll(1, chosen, height)
    draw(options, keys, chosen, first, height, columns)
    local key
    if options.timeout then
        key = count_down(options.timeout, options[chosen])
    else
        console.write(hint_line)
        key = console.key()
    end
    while key and key ~= "enter" do
        if by_key[key:lower()] then
            return by_key[key:lower()]
        elseif options.help and (key == "f1" or key == "?") then
            loader.load("help_pages")(options.help)
        end
        chosen = moved(key, chosen, #options, height) or chosen
        first = scroll(first, chosen, height)
        draw(options, keys, chosen, first, height, columns)
        console.write(hint_line)
        key = console.key()
    end
    return chosen
end

return function(options)
    check_options(options)
    local item = options[options.timeout == 0 and (options.default or 1) or choose(options)]
    print(("menu: %s"):format(item[1]))
    if item.index then
        boot.index = item.index
    end
    if item[2] then
        item[2](item)
    end
    return item
end
