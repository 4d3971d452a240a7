-- SPDX-License-Identifier: BSD-2-Clause
-- What to do about a path in a BCD store that is not on the virtual disk: put the only suitable file
-- there, or explain. Loaded by references.lua when there is such a path.
--
-- The explanation says which object needs which file, what is near the path, and which line would help.

local loader = ...

local WHERE_TO_GET_SDI = "boot.sdi is in \\boot of every Windows installation medium, and in a" ..
    " WIM as \\Windows\\Boot\\DVD\\PCAT\\boot.sdi or \\Windows\\Boot\\DVD\\EFI\\boot.sdi"

local kind_names = {
    wim = "the WIM", sdi = "the RAM disk's template", vhd = "the virtual disk",
    file = "the file", application = "the program",
}

-- Extensions of which the only given file can be meant.
local extensions = { wim = { "wim" }, sdi = { "sdi" }, vhd = { "vhd", "vhdx" } }

local function extension_of(name)
    return (name:lower():match("%.([^.\\]+)$"))
end

local function name_of(path)
    return path:match("[^\\/]*$")
end

local function directory_of(path)
    return path:match("^(.*)[\\/]") or ""
end

local function lua_string(path)
    return '"' .. path:gsub("[\\\"]", "\\%0") .. '"'
end

-- Files given or, unless they are excluded, on the disk, in that order and each once, for which test(name) holds.
local function find_files(test, only_given)
    local found, seen = {}, {}
    local function look(name, file)
        if not seen[file] and test(name:lower()) then
            seen[file] = true
            found[#found + 1] = file
        end
    end
    for name, file in pairs(files) do
        look(name, file)
    end
    if not only_given then
        for path, file in disk:list() do
            look(name_of(path), file)
        end
    end
    return found
end

local function files_of_kind(kind, only_given)
    return find_files(function(name)
        for _, extension in ipairs(extensions[kind] or {}) do
            if extension_of(name) == extension then
                return true
            end
        end
        return false
    end, only_given)
end

-- The file that a path can mean. With one entry in the menu, the WIM that boots is the one that it
-- means, and the only file of a kind is. With several, a file under another name, or one that another
-- entry has already, would boot the wrong thing when that entry is chosen. The memory test's program
-- has another directory under UEFI, not only another ending.
local function candidate(reference, facts)
    if reference.object == "{memdiag}" then
        return disk:find("\\EFI\\Microsoft\\Boot\\memtest.efi")
    elseif not extensions[reference.kind] then
        return files[name_of(reference.path)]
    end
    local wanted = name_of(reference.path):lower()
    local found = find_files(function(name) return name == wanted end)
    local several = facts.count > 1 and reference.kind ~= "sdi" -- one boot.sdi serves all
    if several then
        return #found == 1 and not facts.named[found[1]] and found[1] or nil
    elseif reference.kind == "wim" and facts.wim then
        return facts.wim
    end
    local given = files_of_kind(reference.kind, true)
    found = #found > 0 and found or #given == 1 and given or files_of_kind(reference.kind)
    return #found == 1 and found[1] or nil
end

-- What is where the path points, for the message.
local function neighbourhood(reference)
    local wanted = directory_of(reference.path):lower()
    local names = {}
    for path in disk:list() do
        if directory_of(path):lower() == wanted then
            names[#names + 1] = name_of(path)
        end
    end
    local directory = wanted == "" and "\\" or directory_of(reference.path)
    if #names == 0 then
        return "there is nothing in " .. directory
    elseif #names > 8 then
        names[8] = string.format("and %d more", #names - 7)
        names = { table.unpack(names, 1, 8) }
    end
    return string.format("in %s there is %s", directory, table.concat(names, ", "))
end

-- The lines that would help.
local function remedy(reference)
    local found = files_of_kind(reference.kind)
    if #found > 0 then
        local names = {}
        for i, file in ipairs(found) do
            names[i] = file.path or file.name
        end
        return string.format("given: %s. Choose one in a script: " ..
            "on.disk = function(disk) disk:add(%s, files[%s]) end",
            table.concat(names, ", "), lua_string(reference.path), lua_string(names[1]))
    end
    local name = name_of(reference.path)
    local line = loader.load("advice")(name)
    return reference.kind == "sdi" and WHERE_TO_GET_SDI .. ". " .. line or line
end

local function label(reference)
    if reference.description ~= "" then
        return string.format('entry "%s"', reference.description)
    end
    return "object " .. reference.object
end

local function describe(reference)
    return string.format("BCD: %s needs %s %s (%s.%s), which is not on the disk; %s. %s",
        label(reference), kind_names[reference.kind], reference.path, reference.object,
        reference.element, neighbourhood(reference), remedy(reference))
end

-- What is on another disk cannot be looked at, and mostly comes from a store that was copied from an
-- installed system.
local function report_other_disk(reference)
    local prefixes = { wim = "ramdisk=[boot]", vhd = "vhd=[boot]", file = "file=[boot]" }
    local element, value = "ramdisksdidevice", "boot"
    if reference.kind ~= "sdi" then
        element, value = reference.element, prefixes[reference.kind] .. reference.path
    end
    if reference.kind == "wim" then
        value = value .. ",{ramdiskoptions}"
    end
    loader.find("entry", ("BCD: %s takes %s from %s, which is not the virtual disk. If this is not intended: " ..
        "on.bcd = function(s) s[%s].%s = %s end"):format(label(reference), reference.path,
        reference.place, lua_string(reference.object), element, lua_string(value)))
end

-- A program in the WIM that its image does not have.
local function describe_in_wim(reference, facts)
    return ("BCD: %s starts %s (%s.%s), which image %d of %s does not have: check whether it is a Windows PE " ..
        "image"):format(label(reference), reference.path, reference.object, reference.element, facts.image,
        reference.place)
end

local function fill(reference, file)
    disk:add(reference.path, file)
    loader.say(("BCD: %s needs %s: put %s there"):format(label(reference), reference.path, file.name))
end

-- The message for a path that nothing can be done about; else nil.
return function(reference, elsewhere, facts)
    if reference.kind == "application-in-wim" then
        return describe_in_wim(reference, facts)
    elseif elsewhere then
        report_other_disk(reference)
    elseif reference.path == "" and reference.kind ~= "sdi" then
        return ("BCD: %s names no file for %s (%s.%s)"):format(label(reference), kind_names[reference.kind],
            reference.object, reference.element)
    elseif reference.path == "" then
        loader.find("entry", ("BCD: %s names no boot.sdi for its RAM disk (%s.ramdisksdipath)"):format(
            label(reference), reference.object))
    else
        local file = candidate(reference, facts)
        if file then
            facts.named[file] = true
            fill(reference, file)
        elseif reference.optional then
            loader.say(("BCD: %s is not on the disk: %s cannot be chosen"):format(reference.path,
                label(reference)))
        else
            return describe(reference)
        end
    end
    return nil
end
