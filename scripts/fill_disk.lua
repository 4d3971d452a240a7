-- SPDX-License-Identifier: BSD-2-Clause
-- Put the files on the virtual disk: where the site's script says, at their own paths, and wherever a boot manager
-- might look for them.

local loader = ...

-- Where a boot manager, a boot configuration or a loader might look for a file. Microsoft's own
-- configurations name most of them; a file in all of them is found whatever the configuration says.
local directories = {
    "\\", "\\Boot\\", "\\Boot\\Fonts\\", "\\Boot\\Resources\\", "\\Sources\\",
    "\\EFI\\", "\\EFI\\Boot\\", "\\EFI\\Microsoft\\", "\\EFI\\Microsoft\\Boot\\",
}

local function add_to_disk(file, targets)
    if type(targets) == "string" then
        targets = { targets }
    elseif type(targets) ~= "table" then
        loader.fail("on.map: %s: the result must be a path, a list of paths, false or nil, not a %s", file.name,
            type(targets))
    end
    for _, target in ipairs(targets) do
        disk:add(target:find("[\\/]$") and target .. file.name or target, file)
    end
end

local function is_script(file)
    return file.name:lower():find("%.lua$")
end

-- Where the file's own name or a rule of the site's puts it. Returns whether no rule did.
local function place_file(file, mapped)
    local targets = loader.call_hook("map", file)
    if targets ~= nil then
        mapped[#mapped + 1] = file.name
    end
    if targets then
        add_to_disk(file, targets)
    elseif targets == nil and not is_script(file) and (not file.path or loader.is_boot_file(file.name))
        and (files[file.name] == file or not files[file.name]) then
        loader.place(file, directories)
    end
    return targets == nil
end

-- Sets facts.store_file and facts.wim: what is on the disk is known only after the hooks.
return function(facts)
    local mapped, by_path = {}, facts.by_path
    for _, file in pairs(files) do
        if place_file(file, mapped) and file.path and not is_script(file) then
            by_path[#by_path + 1] = { path = file.path, file = file }
        end
    end
    for _, file in ipairs(facts.taken) do
        place_file(file, mapped)
    end
    loader.announce("mapped by the script", "mapped", mapped, #mapped)
    for _, place in ipairs(by_path) do -- a file's own path takes precedence
        disk:add(place.path, place.file)
    end
    if boot.firmware == "efi" then
        disk:add(facts.manager, facts.manager_file)
    end
    loader.call_hook("disk", disk)
    loader.announce_notes("added to the disk", "removed from the disk")
    facts.store_file = files.BCD or loader.find_taken("BCD")
    facts.wim = facts.archive and files[facts.archive_key]
end
