-- SPDX-License-Identifier: BSD-2-Clause
-- What the loader knows, for scripts in Windows PE: \Windows\wimboot.cmd, which sets variables, and
-- \Windows\wimboot.json. Words of the command line are facts, too: site=hq is WIMBOOT_SITE.

-- The words come from servers, so nothing in them may become a command: without quotes nothing ends
-- a value, and a doubled percent sign is one.
local function for_cmd(value)
    return (tostring(value):gsub("[%c\x7f]", " "):gsub('"', "'"):gsub("%%", "%%%%"):gsub("[\x80-\xff]+", "?"))
end

local function for_json(value)
    if type(value) ~= "string" then
        return tostring(value)
    end
    if not utf8.len(value) then
        value = value:gsub("[\x80-\xff]", "?")
    end
    return '"' .. value:gsub('[%c"\\\x7f]', function(character)
        return ("\\u%04x"):format(character:byte())
    end) .. '"'
end

-- A list of { name, value } in the order of the files; later ones of a name replace earlier ones.
local function collect(archive, index)
    local facts, places = {}, {}
    local function add(name, value)
        name = name:upper():gsub("[^%w]", "_")
        if value ~= nil and value ~= "" and name ~= "" then
            local place = places[name] or #facts + 1
            facts[place], places[name] = { name, value }, place
        end
    end
    for _, word in ipairs(boot.args) do
        local name, value = word:match("^([^=]+)=(.*)$")
        add(name or word, value or "1")
    end
    for name, value in pairs(boot.smbios) do
        add(name, value)
    end
    add("version", boot.version)
    add("firmware", boot.firmware)
    add("arch", boot.arch)
    add("secure_boot", boot.secure_boot and 1 or 0)
    add("memory", boot.memory)
    add("mac", boot.mac[1])
    add("url", boot.url)
    add("wim", archive.parts[1].name)
    add("index", index)
    add("image", archive.images[index].name)
    return facts
end

return function(archive, index)
    local lines, members = { "@rem From wimboot: call this file to have these variables." }, {}
    for _, fact in ipairs(collect(archive, index)) do
        local name, value = fact[1], fact[2]
        lines[#lines + 1] = ('@set "WIMBOOT_%s=%s"'):format(name, for_cmd(value))
        members[#members + 1] = ("  %s: %s"):format(for_json(name:lower()), for_json(value))
    end
    lines[#lines + 1] = ""
    archive:inject("\\Windows\\wimboot.cmd", table.concat(lines, "\r\n"), index)
    archive:inject("\\Windows\\wimboot.json", "{\n" .. table.concat(members, ",\n") .. "\n}\n", index)
end
