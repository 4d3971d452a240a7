-- SPDX-License-Identifier: BSD-2-Clause
-- Repair mistakes in a store that boot managers refuse, if only one repair makes sense, and say so.
-- If there are several, the boot ends here, with a message where the boot manager would only show a
-- number.

-- Elements that are a path on a volume; boot managers accept only \ between its parts.
local loader = ...

local PATHS = { path = true, ramdisksdipath = true, systemroot = true }
local DEVICES = { device = true, osdevice = true, ramdisksdidevice = true }

local function label(object)
    local description = object.description
    return description and ('entry "%s"'):format(description) or "object " .. object.id
end

local function windows_path(path)
    path = path:gsub("/", "\\")
    return path == "" and path or path:sub(1, 1) == "\\" and path or "\\" .. path
end

-- The text of a device, with the path of a file on a volume as it must be.
local function mend_device(text)
    local kind, path, options = text:match("^(%a+=%[[^%]]*%])(.-)(,{[^}]*})$")
    if not kind then
        kind, path = text:match("^(%a+=%[[^%]]*%])(.*)$")
    end
    return kind and kind .. windows_path(path) .. (options or "") or text
end

local function mend_paths(object)
    for _, element in ipairs(object:elements()) do
        local name = element.name
        local mend = PATHS[name] and windows_path or DEVICES[name] and mend_device
        local value = mend and object[name]
        local mended = type(value) == "string" and mend(value) or value
        if mended ~= value then
            object[name] = mended
            loader.say(("BCD: %s: %s: changed to '%s'; boot managers refuse '%s' with 0xc000000f"):format(
                label(object), name, mended, value))
        end
    end
end

-- A value that was written with other tools may have another type or size in the registry. If it can be understood, it
-- is written again.
local function mend_value(object, name)
    local value = object[name]
    local function write()
        object[name] = value
    end
    if not (type(value) == "string" and value:find("^hex:")) and pcall(write) then
        object[name] = nil -- a device that is set to the same text keeps its bytes
        write()
        loader.say(("BCD: %s: %s: written again; boot managers refuse values of this type or size with "
            .. "0xc0000024"):format(label(object), name))
    else
        log.warn(('BCD: %s: %s: boot managers refuse this value with 0xc0000024, and it cannot be understood. '
            .. 'Set it: on.bcd = function(s) s["%s"]["%s"] = ... end'):format(label(object), name, object.id, name))
    end
end

local function mend_values(object)
    for _, element in ipairs(object:elements()) do
        if element.refused then
            mend_value(object, element.name)
        end
    end
end

-- The entries that exist of those that an element of {bootmgr} names. A damaged store may have any text
-- in place of an identifier.
local function existing(store, ids)
    local found = {}
    for _, id in ipairs(type(ids) == "table" and ids or { ids }) do
        found[#found + 1] = id:find("^{") and store[id] or nil
    end
    return found
end

local function loaders_of(store)
    local found = {}
    for _, object in ipairs(store.objects) do
        found[#found + 1] = object.kind == "osloader" and object or nil
    end
    return found
end

local function mend_menu(store, bootmgr)
    if #existing(store, bootmgr.default) > 0 or #existing(store, bootmgr.displayorder) > 0 then
        return
    end
    local entries, names = loaders_of(store), {}
    for index, object in ipairs(entries) do
        names[index] = ("%s (%s)"):format(object.id, object.description or "no description")
    end
    if #entries == 1 then
        bootmgr.default, bootmgr.displayorder = entries[1], { entries[1] }
        loader.say(("BCD: {bootmgr} names no entry to boot, which boot managers refuse with 0xc0000098: "
            .. "made %s the default"):format(label(entries[1])))
    elseif #entries > 1 then
        error(("BCD: {bootmgr} names no entry to boot (neither default nor displayorder), and boot managers end with "
            .. "0xc0000098. Choose one in a script: on.bcd = function(s) s[\"{bootmgr}\"].default = \"%s\" end. "
            .. "Entries: %s"):format(entries[1].id, table.concat(names, ", ")), 0)
    else
        error("BCD: {bootmgr} names no entry to boot (neither default nor displayorder), the store has none, and boot "
            .. "managers end with 0xc0000098. Leave out the BCD: the loader then makes one that boots the WIM", 0)
    end
end

-- Boot managers leave an entry without a description out of the menu; if it is the only one, they end with 0xc0000001.
local function mend_description(object)
    if object.kind == "osloader" and not object.description then
        object.description = "Windows PE"
        loader.say(("BCD: %s has no description, which boot managers refuse with 0xc0000001: named it 'Windows PE'")
            :format(object.id))
    end
end

-- They do the same with an entry without a device. Of the only one it is known: where Windows is, winload is, too.
local function mend_missing_device(store)
    local entries = loaders_of(store)
    local object, osdevice = entries[1], entries[1] and entries[1].osdevice
    if #entries == 1 and osdevice and not object.device and not object.inherit then
        object.device = osdevice
        loader.say(("BCD: %s has no device, which boot managers refuse with 0xc0000001: gave it that of Windows, %s")
            :format(label(object), osdevice))
    end
end

return function(store)
    local bootmgr = store["{bootmgr}"]
    if not bootmgr then
        return -- references.lua says so
    end
    for _, object in ipairs(store.objects) do
        mend_values(object)
        mend_paths(object)
        mend_description(object)
    end
    mend_missing_device(store)
    mend_menu(store, bootmgr)
end
