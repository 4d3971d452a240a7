-- SPDX-License-Identifier: BSD-2-Clause
-- The boot configuration: the given one, or one taken or made; changed by the site's script, mended, and its paths
-- fitted to the firmware.

local loader = ...

local function open_store(facts, file)
    if file then
        return bcd.open(file)
    end
    loader.say(("BCD: none given and none in the WIM: made one that boots %s"):format(facts.archive_name))
    return bcd.winpe { wim = "\\Boot\\" .. facts.archive_name, sdi = "\\Boot\\boot.sdi" }
end

-- Put a file in place of one of the same name, given or taken.
local function replace_file(facts, name, file)
    local given, taken = files[name], facts.taken
    if given then
        files[given.path or name] = file
        return
    end
    for index, other in ipairs(taken) do
        if other.name:lower() == name:lower() then
            table.remove(taken, index)
            break
        end
    end
    taken[#taken + 1] = loader.rename(file, name)
end

-- The lines of a store's dump, as a list and as a set, without the spaces that make columns.
local function lines_of(store)
    local lines, set = {}, {}
    for line in store:dump():gmatch("[^\n]+") do
        line = line:gsub("%s+", " "):gsub("^ ", "")
        lines[#lines + 1], set[line] = line, true
    end
    return lines, set
end

-- What is in a dump that another does not have; then what is gone, unless it has a new value.
local function changes_of(lines, before, lines_after, after)
    local changes, changed = {}, {}
    for _, line in ipairs(lines_after) do
        if not before[line] then
            changes[#changes + 1], changed[line:match("^%S*")] = line, true
        end
    end
    for _, line in ipairs(lines) do
        if not after[line] and not changed[line:match("^%S*")] then
            changes[#changes + 1] = "no " .. line
        end
    end
    return changes
end

-- Call on.bcd, and say what it changed. A store that cannot be shown can still boot.
local function call_hooks(store)
    if not loader.hooks.bcd then
        return nil
    end
    local shown, lines, before = pcall(lines_of, store)
    local result = loader.call_hook("bcd", store)
    local shown_again, lines_after, after = pcall(lines_of, store)
    if shown and shown_again then
        local changes = changes_of(lines, before, lines_after, after)
        loader.announce("BCD, by the script", "BCD", changes, #changes, 16)
    end
    return result
end

-- Sets facts.store, unless the store stays as it is or there is none.
return function(facts)
    local file = files.BCD or loader.find_taken("BCD")
    if file and boot.rawbcd and not loader.hooks.bcd then
        return
    elseif not file and not facts.archive then
        log.warn("no BCD was given: the boot manager will not know what to boot")
        return
    end
    local store = open_store(facts, file)
    facts.store = store
    if call_hooks(store) ~= false and not boot.rawbcd then
        if file then
            loader.load("bcd_mend")(store)
        end
        local changed = store:convert()
        if changed > 0 then
            loader.say(("BCD: changed %d path(s) to end in .%s"):format(changed, boot.firmware == "efi" and "efi"
                or "exe"))
        end
    end
    local made = store:file()
    if made ~= file then
        replace_file(facts, "BCD", made)
    end
end
