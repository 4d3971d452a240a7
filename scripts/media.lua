-- SPDX-License-Identifier: BSD-2-Clause
-- Find the ISO or volume to boot from: it is to a boot what the WIM is, a place that boot files are taken
-- from if they were not given. So what is in it can neither replace a given file nor start a script.

local loader = ...

local WIM = "\\sources\\boot.wim"

-- The result; or nil and the problem, of which a warning says what it leads to.
local function try(what, ...)
    local works, result = pcall(...)
    if works then
        return result
    end
    log.warn(("%s. %s"):format(result, what))
    return nil, result
end

-- The given ISOs that have a boot.wim: { name =, file =, volume = }. And the first problem of one that is damaged.
local function given_isos()
    local found, first_problem = {}, nil
    for name, file in pairs(files) do
        local volume, wim, problem
        if loader.is_iso(file) then
            volume, problem = try("It is not looked into", iso.open, file)
        end
        if volume then
            wim, problem = try("It is left out", volume.find, volume, WIM)
        end
        if wim then
            found[#found + 1] = { name = name, file = file, volume = volume }
        end
        first_problem = first_problem or problem
    end
    return found, first_problem
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

-- The ISO or volume, and the volume in it. A bad ISO stops the boot if there is nothing else that could boot.
local function choose(isos, bad_iso, has_given_wim)
    if boot.source then
        return boot.source, iso.open(boot.source)
    elseif isos[1] then
        return isos[1].file, isos[1].volume
    elseif has_given_wim then
        return
    end
    local source, volume = mounted_volume()
    if bad_iso and not source then
        error(bad_iso, 0)
    end
    return source, volume
end

-- An ISO that boots, or could, is neither put on the virtual disk nor into the WIM: Windows would have it in memory.
-- One that does not boot may be wanted there.
local function remove_given(isos, source)
    local names, chosen = {}, nil
    for number, disc in ipairs(isos) do
        names[number] = disc.name
        chosen = disc.file == source and disc.name or chosen
        if disc.file ~= source and not (disc.file.path or ""):lower():find("^windows\\") then
            files[disc.name] = nil
        end
    end
    for name, file in pairs(files) do -- a script may choose one without a boot.wim
        if file == source then
            files[name] = nil
        end
    end
    if #names > 1 then
        loader.say(("ISOs: %s%s"):format(table.concat(names, ", "), chosen and ("; %s boots"):format(chosen) or ""))
    end
end

-- Returns the volume to take files from, or nil. If no WIM was given, its boot.wim boots.
return function()
    if boot.source == false then
        return
    end
    local given = has_wim()
    local isos, bad_iso = given_isos()
    local source, volume = choose(isos, bad_iso, given)
    if not source then
        return
    end
    local wim = not given and volume:find(WIM)
    boot.source = source
    remove_given(isos, source)
    if wim then
        files["boot.wim"] = wim
    end
    loader.say(("%s%s: %s%s%s"):format(volume.name, volume.remote and " (over the network)" or "", volume.kind,
        volume.label ~= "" and volume.label ~= volume.name and ", " .. volume.label or "",
        wim and (", %s (%s) boots"):format(WIM, loader.size(wim.size)) or ""))
    return volume
end
