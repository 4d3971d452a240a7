-- Is everything that a BCD store refers to on the virtual disk, and the store itself where the boot
-- manager looks for it? Boot managers do not name a WIM or boot.sdi that they miss, so the pipeline
-- asks before it starts one.
--
-- A path that is not there is filled with the one given file that can be meant, and the console
-- says so. Otherwise the error says which object wants what, what stands near it, and which line
-- would mend it.

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

-- Given files whose extension is that of a kind.
local function files_of_kind(kind)
    local found = {}
    for name, file in pairs(files) do
        for _, extension in ipairs(extensions[kind] or {}) do
            if extension_of(name) == extension then
                found[#found + 1] = file
            end
        end
    end
    return found
end

-- The one given file that a path can mean: the one of that name, or the only one of its kind.
local function candidate(reference)
    local named = files[name_of(reference.path)]
    if named then
        return named
    end
    local found = files_of_kind(reference.kind)
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

-- The lines that would mend it.
local function remedy(reference)
    local found = files_of_kind(reference.kind)
    if #found > 0 then
        local names = {}
        for i, file in ipairs(found) do
            names[i] = file.name
        end
        return string.format("given: %s. Choose one in a script: " ..
            "on.disk = function(disk) disk:add(%s, files[%s]) end",
            table.concat(names, ", "), lua_string(reference.path), lua_string(names[1]))
    end
    local name = name_of(reference.path)
    local line = string.format("Give it in iPXE: initrd --name %s http://SERVER/%s %s", name, name,
        name)
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

-- The memory test's program has another directory under UEFI, not only another ending: look there.
local function find_memory_test(reference)
    return reference.object == "{memdiag}" and disk:find("\\EFI\\Microsoft\\Boot\\memtest.efi") or nil
end

local function our_partition()
    return string.format("partition=mbr:%08X:65536", disk.signature)
end

-- What is on another disk cannot be looked at. For Windows on a hard disk that is as it should be;
-- a WIM or a boot.sdi there comes from a store that was copied from an installed system.
local function report_other_disk(reference)
    if reference.kind == "wim" or reference.kind == "sdi" then
        log.warn(string.format("BCD: %s takes %s from %s, which is not the virtual disk. If that " ..
            "is not meant: on.bcd = function(s) s[%s].%s = %s end", label(reference),
            reference.path, reference.place, lua_string(reference.object),
            reference.kind == "sdi" and "ramdisksdidevice" or reference.element,
            lua_string(reference.kind == "sdi" and "boot" or "ramdisk=[boot]" .. reference.path ..
                ",{ramdiskoptions}")))
    end
end

-- A program inside a WIM that was opened: `wims` maps files on the disk to what wim.open() returned.
local function check_in_wim(reference, wims)
    local file = disk:find(reference.place)
    local wim = file and wims[file]
    if wim and not wim:find(reference.path) then
        log.warn(string.format("BCD: %s starts %s (%s.%s), which is not in the image of %s that boots",
            label(reference), reference.path, reference.object, reference.element,
            reference.place))
    end
end

-- nil, or what is wrong.
local function check_reference(reference, wims)
    if reference.kind == "application-in-wim" then
        check_in_wim(reference, wims)
    elseif reference.other_disk and reference.place ~= our_partition() then
        report_other_disk(reference)
    elseif reference.path == "" then
        log.warn(string.format("BCD: %s names no boot.sdi for its RAM disk (%s.ramdisksdipath)",
            label(reference), reference.object))
    elseif not disk:find(reference.path) then
        local file = candidate(reference) or find_memory_test(reference)
        if file then
            disk:add(reference.path, file)
            log.info(string.format("BCD: %s wants %s: %s is there now", label(reference),
                reference.path, file.name))
        elseif reference.optional then
            log.info(string.format("BCD: %s is not on the disk: %s cannot be chosen",
                reference.path, label(reference)))
        else
            return describe(reference)
        end
    end
    return nil
end

-- Where the boot manager looks for its store, in order.
local function store_paths(manager)
    if boot.firmware == "bios" then
        return { "\\Boot\\BCD" }
    end
    return { directory_of(manager) .. "\\BCD", "\\EFI\\Microsoft\\Boot\\BCD" }
end

-- Make sure that the boot manager finds this store and no other.
local function check_place(file, manager)
    local paths = store_paths(manager)
    for _, path in ipairs(paths) do
        local found = disk:find(path)
        if found == file then
            return
        elseif found then
            log.warn(string.format("BCD: the boot manager will read %s, which is another file than " ..
                "the store that was prepared", path))
            return
        end
    end
    disk:add(paths[#paths], file)
    log.info("BCD: the boot manager looks for its store at " .. paths[#paths] .. ": it is there now")
end

-- Check a store.
--
-- facts.file     the store as a file, which should be on the disk; nil: its place is not checked
-- facts.manager  the boot manager's path on the disk
-- facts.wims     what wim.open() returned, by the file on the disk
-- facts.check    false: warn of what is missing, and go on
return function(store, facts)
    if facts.file then
        check_place(facts.file, facts.manager)
    end
    for _, reference in ipairs(store:references()) do
        local problem = check_reference(reference, facts.wims or {})
        if problem and facts.check == false then
            log.warn(problem)
        elseif problem then
            error(problem .. ". Or boot without this check: boot.check = false", 0)
        end
    end
end
