-- SPDX-License-Identifier: BSD-2-Clause
-- Find the ISO or volume to boot from: it is to a boot what the WIM is, a place that boot files are taken
-- from if they were not given. So what is in it can neither replace a given file nor start a script.

local loader = ...

local WIM = "\\sources\\boot.wim"

local function try(what, ...)
    local works, result = pcall(...)
    if works then
        return result
    end
    log.warn(("%s. %s"):format(result, what))
end

-- Of the given ISOs, the first with a boot.wim; and its volume.
local function given_iso()
    local found, opened, names = nil, nil, {}
    for name, file in pairs(files) do
        local volume = loader.is_iso(file) and try("It is not looked into", iso.open, file)
        if volume and try("It is left out", volume.find, volume, WIM) then
            names[#names + 1] = name
            if not found then
                found, opened = file, volume
            end
        end
    end
    if #names > 1 then
        loader.say(("ISOs: %s; %s boots"):format(table.concat(names, ", "), names[1]))
    end
    return found, opened
end

-- A volume that came from the network, or is on the device that the loader came from.
local function mounted_volume()
    for _, volume in ipairs(volumes) do
        if (volume.remote or volume.own) and try("It is left out", volume.find, volume, WIM) then
            return volume, volume
        end
    end
end

local function has_wim()
    for _, file in pairs(files) do
        if loader.is_wim(file) then
            return true
        end
    end
end

-- The ISO or volume, and the volume in it.
local function choose(has_given_wim)
    if boot.source then
        return boot.source, iso.open(boot.source)
    end
    local source, volume = given_iso()
    if not source and not has_given_wim then
        return mounted_volume()
    end
    return source, volume
end

-- An ISO is neither put on the virtual disk nor into the WIM.
local function remove_given(source)
    for name, file in pairs(files) do
        if file == source then
            files[name] = nil
        end
    end
end

-- Returns the volume to take files from, or nil. If no WIM was given, its boot.wim boots.
return function()
    if boot.source == false then
        return
    end
    local given = has_wim()
    local source, volume = choose(given)
    if not source then
        return
    end
    local wim = not given and volume:find(WIM)
    boot.source = source
    remove_given(source)
    if wim then
        files["boot.wim"] = wim
    end
    loader.say(("%s%s: %s%s%s"):format(volume.name, volume.remote and " (over the network)" or "", volume.kind,
        volume.label ~= "" and volume.label ~= volume.name and ", " .. volume.label or "",
        wim and (", %s (%s) boots"):format(WIM, loader.size(wim.size)) or ""))
    return volume
end
