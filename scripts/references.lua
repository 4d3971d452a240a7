-- SPDX-License-Identifier: BSD-2-Clause
-- Is everything that a BCD store refers to on the virtual disk, and the store itself where the boot
-- manager looks for it? When a WIM or boot.sdi is missing, boot managers do not name it, so the
-- pipeline checks before it starts one. Problems are reported by references_report.lua.

local loader = ...

-- Where the boot manager looks for its store, in order. Under UEFI, beside itself first.
local function store_paths(manager)
    if boot.firmware == "bios" then
        return { "\\Boot\\BCD" }
    end
    return { manager:match("^(.*\\)") .. "BCD", "\\EFI\\Microsoft\\Boot\\BCD" }
end

local function check_place(file, manager)
    local paths = store_paths(manager)
    for _, path in ipairs(paths) do
        local found = disk:find(path)
        if found == file then
            return
        elseif found then
            log.warn(("BCD: the boot manager will read %s, but the store that was prepared is another " ..
                "file"):format(path))
            return
        end
    end
    disk:add(paths[#paths], file)
    loader.say(("BCD: the boot manager looks for its store at %s: put it there"):format(paths[#paths]))
end

-- A program inside the WIM that boots; of other WIMs nothing is known. It is not read: that would
-- decompress and hash all of it, and which processor it is for is known (image.lua).
local function is_in_wim(reference, facts)
    local file = disk:find(reference.place)
    return not file or file ~= facts.wim or not facts.archive or facts.archive:find(reference.path, facts.image)
end

-- How many entries the menu has, and which files they name as they are on the disk.
local function survey(list)
    local entries, count, named = {}, 0, {}
    for _, reference in ipairs(list) do
        if not reference.optional and not entries[reference.object] and reference.kind ~= "sdi" then
            entries[reference.object] = true
            count = count + 1
        end
        local file = not reference.other_disk and reference.kind ~= "application-in-wim" and disk:find(reference.path)
        if file then
            named[file] = true
        end
    end
    return count, named
end

-- What the verdict needs to know of an entry that boots a WIM: the RAM disk's files, if it boots without
-- a choice, and whether something that winload needs may be missing.
local function note_entry(store, reference, facts)
    local file = disk:find(reference.path)
    if reference.boots and file and not facts.ramdisk then
        facts.ramdisk = { wim = file }
    end
    local entry = store[reference.object]
    if not entry.winpe or not entry.systemroot or entry.osdevice ~= entry.device or facts.windows.arch == "i386" then
        facts.entries[#facts.entries + 1] = reference
    end
end

local function note(store, reference, facts, elsewhere)
    if elsewhere then
        return
    elseif reference.kind == "wim" and reference.element == "device" then
        pcall(note_entry, store, reference, facts) -- an element may be of a wrong type
    elseif reference.kind == "sdi" and reference.boots and facts.ramdisk then
        facts.ramdisk.sdi = facts.ramdisk.sdi or disk:find(reference.path)
    end
end

-- What was put into one WIM is missing in another that boots without a choice by the user.
local function compare_wims(reference, facts)
    local file = reference.kind == "wim" and reference.element == "device" and reference.boots and facts.is_changed
        and disk:find(reference.path)
    if file and file ~= facts.wim then
        log.warn(('BCD: entry "%s" boots %s, but what was to go into the image went into %s'):format(
            reference.description, reference.path, facts.archive_key))
    end
end

-- Sets facts.count, named and ramdisk, and adds to facts.entries.
return function(facts)
    local store = facts.store
    if not facts.store_file or boot.rawbcd then
        return
    end
    local our_partition = ("partition=mbr:%08X:65536"):format(disk.signature)
    check_place(facts.store_file, facts.manager)
    if not store then -- a hook gave it after its step
        return
    end
    local readable, list = pcall(store.references, store)
    if not readable and boot.check then
        error(list, 0)
    elseif not readable then
        log.warn(list)
        return
    end
    facts.count, facts.named = survey(list)
    for _, reference in ipairs(list) do
        local elsewhere = reference.other_disk and reference.place ~= our_partition
        local is_sought = reference.place:find("^locate") -- on all disks
        local settled
        if reference.kind == "application-in-wim" then
            settled = is_in_wim(reference, facts)
        elseif reference.kind == "application" and (elsewhere or is_sought) then
            settled = true -- Windows on a hard disk
        elseif not elsewhere then
            settled = disk:find(reference.path)
        end
        local problem = not settled and loader.load("references_report")(reference, elsewhere, facts)
        if not problem then -- and the file is there now
            compare_wims(reference, facts)
            note(store, reference, facts, elsewhere)
        elseif boot.check == "all" or boot.check and reference.boots and not is_sought then
            error(problem .. ". Or boot without this check: boot.check = false", 0)
        elseif is_sought then
            loader.find("entry", problem .. ". Boot managers look for it on all disks")
        elseif reference.boots then
            loader.find("entry", problem)
        else
            loader.find("entry", problem .. ". This entry cannot be chosen")
        end
    end
end
