-- SPDX-License-Identifier: BSD-2-Clause
-- A BCD store as text, as `bcdedit /enum all` prints it. Implements s:dump().

local COLUMN = 24 -- where bcdedit's values start

-- The headings that bcdedit prints; by kind, or by the identifier of a well-known object.
local headings = {
    bootmgr = "Windows Boot Manager",
    fwbootmgr = "Firmware Boot Manager",
    firmware = "Firmware Application",
    osloader = "Windows Boot Loader",
    bootapp = "Windows Boot Application",
    resume = "Resume from Hibernate",
    memdiag = "Windows Memory Tester",
    ntldr = "Windows Legacy OS Loader",
    bootsector = "Real-mode Boot Sector",
    startup = "Real-mode Application",
    device = "Device options",
    inherit = "Global Settings",
    ["inherit osloader"] = "Boot Loader Settings",
    ["inherit resume"] = "Resume Loader Settings",
    ["inherit device"] = "Device Settings",
    ["{emssettings}"] = "EMS Settings",
    ["{dbgsettings}"] = "Debugger Settings",
    ["{badmemory}"] = "RAM Defects",
    ["{hypervisorsettings}"] = "Hypervisor Settings",
    ["{ramdiskoptions}"] = "Ramdisk Options",
}

-- The order in which bcdedit lists kinds; what is not named here comes last.
local ranks = {}
for rank, kind in ipairs { "fwbootmgr", "bootmgr", "firmware", "osloader", "bootapp", "resume",
    "memdiag", "ntldr", "bootsector", "startup" } do
    ranks[kind] = rank
end

local function pad(name)
    return name .. string.rep(" ", math.max(COLUMN - #name, 1))
end

local function add_object(lines, object)
    local heading = headings[object.id] or headings[object.kind] or
        string.format("Object of type 0x%08X", object.kind)
    lines[#lines + 1] = heading
    lines[#lines + 1] = string.rep("-", #heading)
    lines[#lines + 1] = pad("identifier") .. object.id
    for _, element in ipairs(object:elements()) do
        local shown = element.shown
        if type(shown) ~= "table" then
            lines[#lines + 1] = pad(element.name) .. tostring(shown)
        else
            for i, item in ipairs(shown) do
                lines[#lines + 1] = pad(i == 1 and element.name or "") .. tostring(item)
            end
        end
    end
    lines[#lines + 1] = ""
end

return function(store)
    local objects, order = store.objects, {}
    for i, object in ipairs(objects) do
        order[object] = i
    end
    table.sort(objects, function(left, right)
        local left_rank = ranks[left.kind] or math.huge
        local right_rank = ranks[right.kind] or math.huge
        if left_rank ~= right_rank then
            return left_rank < right_rank
        end
        return order[left] < order[right]
    end)
    local lines = {}
    for _, object in ipairs(objects) do
        add_object(lines, object)
    end
    return table.concat(lines, "\n")
end
