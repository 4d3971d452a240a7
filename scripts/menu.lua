-- SPDX-License-Identifier: BSD-2-Clause
-- menu{ title = "...", timeout = 10, default = 1, { "Deploy", function() ... end }, ... }: let the
-- user choose. A list that is longer than the screen scrolls; otherwise only the items that change are
-- drawn again. On a serial line without a screen, each of them is a line.

local loader = ...

local first_row = 4    -- of the list: the screen's title, an empty line, the menu's title, "..."
local lines_around = 8 -- these, "..." again, an empty line and the lines at the bottom
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

-- What is on the screen: the options, the keys of the items, size and position of the list, the chosen item.
local function write_item(menu, number)
    local marker = number == menu.chosen and "> " or "  "
    local key = menu.keys[number] and menu.keys[number] .. " " or "  "
    loader.write(number == menu.chosen and "bar" or "plain",
        marker .. key .. cut(menu.options[number][1], menu.columns - #marker - #key - 1))
end

local function draw(menu)
    local last = math.min(#menu.options, menu.first + menu.height - 1)
    loader.start_screen()
    console.write("\n")
    loader.write("label", cut(menu.options.title or "Choose what to boot", menu.columns - 1))
    console.write(menu.first > 1 and "\n      ...\n" or "\n\n")
    for number = menu.first, last do
        write_item(menu, number)
        console.write("\n")
    end
    console.write(last < #menu.options and "      ..." or "")
    loader.move_to_row(menu.rows - 2)
    console.write(menu.options.help and hint .. " F1: help." or hint)
    loader.move_to_row(menu.rows - 1)
end

-- Choose another item, and show it.
local function move(menu, chosen)
    local before, first = menu.chosen, scroll(menu.first, chosen, menu.height)
    local is_scrolled = first ~= menu.first
    menu.chosen, menu.first = chosen, first
    if is_scrolled then
        draw(menu)
        return
    end
    for _, number in ipairs(before ~= chosen and { before, chosen } or {}) do
        loader.move_to_row(first_row + number - first)
        write_item(menu, number)
    end
    loader.move_to_row(menu.rows - 1)
end

local function moved(key, menu)
    local count, height = #menu.options, menu.height
    local steps = { up = -1, down = 1, ["page up"] = -height, ["page down"] = height, home = -count, ["end"] = count }
    return steps[key] and math.max(1, math.min(count, menu.chosen + steps[key]))
end

-- Count down on the bottom line until a key is pressed; that key, or nil.
local function count_down(seconds, item)
    local text = cut(item[1], 30)
    for left = math.ceil(seconds), 1, -1 do
        console.write(("\r%s in %d s; any key stops the countdown. "):format(text, left))
        local key = console.key(1)
        if key then
            console.write("\r" .. (" "):rep((utf8.len(text) or #text) + 45) .. "\r")
            return key
        end
    end
end

local function choose(options)
    local menu = { options = options, chosen = options.default or 1 }
    menu.columns, menu.rows = console.size()
    menu.height = math.max(3, menu.rows - lines_around)
    menu.first = scroll(1, menu.chosen, menu.height)
    local by_key
    menu.keys, by_key = hot_keys(options)
    draw(menu)
    local key
    if options.timeout then
        key = count_down(options.timeout, options[menu.chosen])
    else
        key = console.key()
    end
    while key and key ~= "enter" do
        if by_key[key:lower()] then
            return by_key[key:lower()]
        elseif options.help and (key == "f1" or key == "?") then
            loader.load("help_pages")(options.help)
            draw(menu)
        end
        move(menu, moved(key, menu) or menu.chosen)
        key = console.key()
    end
    return menu.chosen
end

return function(options)
    check_options(options)
    local item
    if options.timeout == 0 then
        item = options[options.default or 1]
    else
        item = options[choose(options)]
        loader.start_screen()
    end
    loader.say(("menu: %s"):format(item[1]))
    if item.index then
        boot.index = item.index
    end
    if item[2] then
        item[2](item)
    end
    return item
end
