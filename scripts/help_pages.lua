-- SPDX-License-Identifier: BSD-2-Clause
-- A text, page by page, until the user has seen enough: the help of a menu.

local keys = { enter = 1, [" "] = 1, ["page down"] = 1, down = 1, right = 1, ["page up"] = -1, up = -1, left = -1,
    backspace = -1 }

-- The lines of a text, none longer than the screen is wide: broken at spaces where there are some.
local function break_lines(text, columns)
    local lines = {}
    for line in (text:gsub("\r", "") .. "\n"):gmatch("(.-)\n") do
        while utf8.len(line) and utf8.len(line) > columns do
            local fitting = line:sub(1, utf8.offset(line, columns + 1) - 1)
            local broken = fitting:match("^(.*%S) ") or fitting
            lines[#lines + 1] = broken
            line = line:sub(#broken + 1):gsub("^ +", "")
        end
        lines[#lines + 1] = line
    end
    return lines
end

return function(text)
    local columns, rows = console.size()
    local lines, height = break_lines(text, columns - 1), math.max(1, rows - 3)
    local count, page = math.max(1, math.ceil(#lines / height)), 1
    while page <= count do
        local last = math.min(#lines, page * height)
        console.clear()
        console.write(table.concat(lines, "\n", (page - 1) * height + 1, last) .. "\n\n")
        console.write(("Page %d of %d. Enter: %s; Page Up: back; Escape: to the menu.\n"):format(page, count,
            page == count and "to the menu" or "next page"))
        local key = console.key()
        if not key or key == "escape" then
            return
        end
        page = math.max(1, page + (keys[key] or 0))
    end
end
