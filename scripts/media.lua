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

-- Of the given ISOs, the first with a boot.wim; each as a table of file, key, volume.
local function given_iso()
    local found, names = nil, {}
    for name, file in pairs(files) do
        local volume = loader.is_iso(file) and try("It is not looked into", iso.open, file)
        if volume and try("It is left out", volume.find, volume, WIM) then
            names[#names + 1] = name
            found = found or { source = file, key = name, volume = volume }
        end
    end
    if #names > 1 then
        print(("ISOs: %s; %s boots"):format(table.concat(names, ", "), names[1]))
    end
    return found
end

-- A volume that came from the network, or is on the device that the loader came from.
local function mounted_volume()
    for _, volume in ipairs(volumes) do
        if (volume.remote or volume.own) and try("It is left out", volume.find, volume, WIM) then
            return { source = volume, volume = volume }
        end
    end
end

local function chosen_source()
    local source = boot.source
    if tostring(source):find("^file ") then
        return { source = source, key = source.path or source.name, volume = iso.open(source) }
    end
    return { source = source, volume = source }
end

local function has_wim()
    for _, file in pairs(files) do
        if loader.is_wim(file) then
            return true
        end
    end
end

-- Returns the volume to take files from, or nil. If no WIM was given, its boot.wim boots.
return function()
    if boot.source == false then
        return
    end
    local given = has_wim()
    local found = boot.source and chosen_source() or given_iso() or not given and mounted_volume()
    if not found then
        return
    end
    local volume = found.volume
    local wim = not given and volume:find(WIM)
    boot.source = found.source
    if found.key and files[found.key] == found.source then
        files[found.key] = nil -- it is neither put on the disk nor into the WIM
    end
    if wim then
        files["boot.wim"] = wim
    end
    print(("%s%s: %s%s%s"):format(volume.name, volume.device and (" (%s)"):format(volume.device) or "", volume.kind,
        volume.label ~= "" and volume.label ~= volume.name and ", " .. volume.label or "",
        wim and (", %s (%s) boots"):format(WIM, loader.size(wim.size)) or ""))
    return volume
end
