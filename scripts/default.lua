-- SPDX-License-Identifier: BSD-2-Clause
-- The boot script that is built in: from the given files to a virtual disk with a boot manager.
--
-- It returns the pipeline, which runs after the site's own script and calls the hooks that it set.
-- Each step is a module; rarely needed ones are loaded when they are used. Messages are part of the
-- interface: keep them clear.

local loader = ... -- functions that only built-in scripts get (lua/lua_loader.c, lua/script.c, and below)

-- Files that are needed for booting, and so do not go into the image.
local boot_names = { bootmgr = true, ["bootmgr.exe"] = true, bcd = true, ["boot.stl"] = true }
local boot_extensions = { efi = true, sdi = true, wim = true, swm = true, esd = true, lua = true,
    p7b = true, cip = true }

-- What the steps have found out and decided. Each step gets it, and adds to it.
local facts = {
    media = nil,        -- the ISO or volume that boot files are taken from; nil if there is none (media.lua)
    archive = nil,      -- the WIM that boots, opened; nil if there is none (image.lua)
    archive_name = nil, -- its name
    archive_key = nil,  -- its key in the list of files: its path, if it was given with one
    image = nil,        -- the index of its image that boots
    is_changed = false, -- whether anything but the log is put into that
    windows = { arch = "", version = "" }, -- what the WIM says of that image
    manager = nil,      -- the boot manager's path on the disk (manager.lua)
    manager_file = nil, -- and the file
    is_ex = false,      -- whether it is an EX one, which has its own fonts
    is_foreign = false, -- whether it comes from elsewhere than the image
    taken = {},         -- files that were not given, in the order in which they were found (missing_files.lua)
    by_path = {},       -- files with their own path on the disk: { path =, file = }
    policies = {},      -- a set of the paths of policies among them
    store = nil,        -- the boot configuration, opened; nil if it stays as it is (store.lua)
    store_file = nil,   -- the boot configuration and the WIM that boots as they are on the disk (fill_disk.lua)
    wim = nil,
    count = 0,          -- how many entries the menu has, and a set of the files that they name (references.lua)
    named = {},
    entries = {},       -- references of entries that may lack something
    ramdisk = nil,      -- the files of the RAM disk that boots without a choice: { wim =, sdi = }
}

local unused_stores -- names of boot configurations that are not used (given.lua)

function loader.fail(text, ...)
    error(text:format(...), 0)
end

function loader.is_boot_file(name)
    name = name:lower()
    return boot_names[name] or boot_extensions[name:match("%.(%w+)$")] or name:find("_boot%.ttf$")
        or unused_stores[name]
end

-- Of files with the same name, files.NAME is the first, which also goes where no path says otherwise: move one to
-- the end of the list.
function loader.put_last(file)
    local name = file.path or file.name
    if files[name] == file then
        files[name] = nil
        files[name] = file
    end
end

-- A file that was not given but taken.
function loader.find_taken(name)
    for _, file in ipairs(facts.taken) do
        if file.name:lower() == name:lower() then
            return file
        end
    end
end

-- Which processors Windows can be for, for messages.
loader.processors = boot.firmware == "efi" and boot.arch or "i386 and x86_64"

-- Whether Windows for a processor starts on this firmware, as far as is known. BIOS starts 32-bit and 64-bit Windows.
function loader.fits(arch)
    return arch == "" or arch == boot.arch or boot.firmware == "bios" and arch == "x86_64"
end

-- An image for arm64 has no winload.exe.
local winload_paths = { "\\Windows\\System32\\boot\\winload.efi", "\\Windows\\System32\\winload.efi" }
if boot.firmware == "bios" then
    table.insert(winload_paths, 1, "\\Windows\\System32\\winload.exe")
    table.insert(winload_paths, 1, "\\Windows\\System32\\boot\\winload.exe")
end

-- Version and processor of an image's winload, "" if it does not say; reading it means decompressing and hashing all
-- of it.
function loader.ask_winload(archive, index)
    for _, path in ipairs(winload_paths) do
        local file = archive:find(path, index)
        if file then
            local version, arch = loader.program_version(file)
            return version or "", arch or ""
        end
    end
    return "", ""
end

-- What is known of an image. If the WIM's XML does not say which processor it is for, its winload does.
function loader.identify(archive, index)
    local image = archive.images[index]
    if image.arch == "" then
        local version, arch = loader.ask_winload(archive, index)
        image.version, image.arch = image.version ~= "" and image.version or version, arch
    end
    return image
end

-- Whether less should be left beside a RAM disk than Windows PE wants (verdict.lua). If not, nothing is said about it.
function loader.is_memory_short(ramdisk_size)
    return ramdisk_size + 256 * 1000000 > loader.free_memory()
end

---- hooks ----------------------------------------------------------------------------------------

local hooks = {} -- by name, each a list in the order in which they were set (site.lua)
loader.hooks = hooks

-- Call the hooks of a name in order. The first result decides: of on.map, anything but nil, and the
-- rest is not asked; of the others, false.
function loader.call_hook(name, argument, more)
    local decided
    for _, hook in ipairs(hooks[name] or {}) do
        loader.called[name] = hook -- what tracebacks call it
        local result = hook(argument, more)
        if loader.observe then
            loader.observe(name, argument, result)
        end
        if name == "map" and result ~= nil then
            return result
        elseif result == false then
            decided = false
        end
    end
    return decided
end

-- What the site's scripts did, in a line: how much, the first names, and where.
function loader.announce(what, action, names, count, shown)
    shown = math.min(#names, shown or 4)
    if count > 0 then
        loader.say(("%s: %s%s%s"):format(what, table.concat(names, ", ", 1, shown),
            count > shown and (" and %d more"):format(count - shown) or "", loader.lines_that(action)))
    end
end

function loader.announce_notes(...)
    for _, action in ipairs { ... } do
        local notes = loader.notes(action)
        if notes then
            loader.announce(action .. " by the script", action, notes, notes.count)
        end
    end
end

---- the given files ------------------------------------------------------------------------------

local shown_files = 24 -- some lines of a screen

-- A machine with less has too little for Windows PE, or for a boot loader to take its files.
local memory_min = 512 * 1000000

-- No columns, no name twice: firmware needs some ten thousand instructions to draw one character.
local function announce_files()
    local count, bytes, list = 0, 0, {}
    for name, file in pairs(files) do
        count, bytes = count + 1, bytes + file.size
        if count <= shown_files then
            list[count] = name .. " " .. loader.size(file.size)
        end
    end
    if count > shown_files then
        list[#list] = ("%s and %d more, %s in all"):format(list[#list], count - shown_files, loader.size(bytes))
    end
    if count > 0 then
        loader.say("files: " .. table.concat(list, ", "))
    end
    loader.announce_notes("files added", "files removed")
end

-- Of a disk on a server, such as a hooked ISO, that has nothing to boot from.
local function lacking_volumes()
    local text = ""
    for _, volume in ipairs(volumes) do
        text = text .. (volume.remote and ("%s has no \\sources\\boot.wim; "):format(volume.name) or "")
    end
    return text
end

-- Is there anything to boot?
local function check_files()
    if #files == 0 and not facts.media then
        loader.fail("no files were given: %s%s%s%s", lacking_volumes(),
            boot.url and ("there is neither a wimboot.lua nor a boot.wim beside %s"):format(boot.url) or "",
            loader.firmware_started_us and ""
                or (boot.url and "; or " or "") .. "name at least a boot.wim with 'initrd' before 'boot'",
            boot.usable_memory >= memory_min and "" or
            (". This machine has %s of memory: the boot loader may have had no room for them"):format(
                loader.size(boot.usable_memory)))
    end
end

---- the verdict ----------------------------------------------------------------------------------

-- Add to what the verdict says; without a verdict, say it now.
function loader.find(about, text, fatal)
    local findings = boot.verdict
    if findings then
        findings[#findings + 1] = { about = about, text = text, fatal = fatal or false }
    else
        log.warn(text)
    end
end

-- Whether anything may fail after the hand-over. Mostly nothing will, and then verdict.lua is not needed.
local function is_doubtful()
    local windows = facts.windows
    return facts.archive and loader.missing(windows.arch, windows.version) or boot.secure_boot or #facts.entries > 0
        or facts.ramdisk and (facts.ramdisk.wim ~= facts.wim or loader.is_memory_short(facts.ramdisk.wim.size))
        or facts.is_foreign and windows.version:find("^1%d%.") and (loader.program_version(facts.manager_file)
            or ""):find("^6%.[01]%.")
end

-- Say what will fail after the hand-over; what certainly will ends the boot here.
local function conclude()
    if boot.verdict and is_doubtful() then
        loader.load("verdict")(facts)
    end
    local findings, fatal = boot.verdict or {}, nil
    if #findings > 0 and loader.call_hook("verdict", findings) == false then
        return
    end
    for _, finding in ipairs(findings) do
        if finding.fatal and boot.check and not fatal then
            fatal = finding.text
        else
            log.warn(finding.text)
        end
    end
    if fatal then
        loader.fail("%s. To try it all the same: noverdict on the command line", fatal)
    end
end

return function()
    announce_files()
    facts.media = loader.load("media")()
    check_files()
    unused_stores = loader.load("given")()
    loader.call_hook("files", files)
    loader.load("image")(facts)
    loader.load("manager")(facts)
    loader.load("missing_files")(facts)
    loader.load("store")(facts)
    loader.load("fill_disk")(facts)
    loader.load("references")(facts)
    conclude()
end
