-- SPDX-License-Identifier: BSD-2-Clause
-- The boot script that is built in: from the given files to a virtual disk with a boot manager.
--
-- It returns the pipeline, which runs after the site's own script and calls the hooks that it set.
-- Rarely needed parts are in separate modules, which are compiled when they are used. Messages are part
-- of the interface: keep them clear.

local loader = ... -- functions that only built-in scripts get (lua/lua_loader.c, lua/script.c)

local efi = boot.firmware == "efi"

-- Where a boot manager, a boot configuration or a loader might look for a file. Microsoft's own
-- configurations name most of them; a file in all of them is found whatever the configuration says.
local directories = {
    "\\", "\\Boot\\", "\\Boot\\Fonts\\", "\\Boot\\Resources\\", "\\Sources\\",
    "\\EFI\\", "\\EFI\\Boot\\", "\\EFI\\Microsoft\\", "\\EFI\\Microsoft\\Boot\\",
}

-- Files that are needed for booting, and so do not go into the image.
local boot_names = { bootmgr = true, ["bootmgr.exe"] = true, bcd = true, ["boot.stl"] = true }
local boot_extensions = { efi = true, sdi = true, wim = true, swm = true, esd = true, lua = true,
    p7b = true, cip = true }

local archive    -- the boot WIM, opened; nil if there is none
local archive_name
local archive_key -- its key in the list of files: its path, if it was given with one
local image      -- the index of its image that boots
local windows = { arch = "", version = "" } -- what the WIM says of that image
local media      -- the ISO or volume that boot files are taken from; nil if there is none (media.lua)
local store      -- the boot configuration, opened; nil if it stays as it is
local taken = {} -- files that were not given, in the order in which they were found
local by_path = {} -- files with their own path on the disk: { path =, file = }
local policies = {} -- a set of the paths of policies among them
local unused_stores -- names of boot configurations that are not used (given.lua)

local function fail(text, ...)
    error(text:format(...), 0)
end

---- hooks ----------------------------------------------------------------------------------------

local hooks = {} -- by name, each a list in the order in which they were set (site.lua)
loader.hooks = hooks

-- Call the hooks of a name in order. The first result decides: of on.map, anything but nil, and the
-- rest is not asked; of the others, false.
local function call_hook(name, argument, more)
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
local function announce(what, action, names, count, shown)
    shown = math.min(#names, shown or 4)
    if count > 0 then
        loader.say(("%s: %s%s%s"):format(what, table.concat(names, ", ", 1, shown),
            count > shown and (" and %d more"):format(count - shown) or "", loader.lines_that(action)))
    end
end

local function announce_notes(...)
    for _, action in ipairs { ... } do
        local notes = loader.notes(action)
        if notes then
            announce(action .. " by the script", action, notes, notes.count)
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
    announce_notes("files added", "files removed")
end

-- Is there anything to boot?
local function check_files()
    if #files == 0 and not media then
        fail("no files were given: %s%s%s",
            boot.url and ("there is neither a wimboot.lua nor a boot.wim beside %s"):format(boot.url) or "",
            loader.firmware_started_us and ""
                or (boot.url and "; or " or "") .. "name at least a boot.wim with 'initrd' before 'boot'",
            boot.usable_memory >= memory_min and "" or
            (". This machine has %s of memory: the boot loader may have had no room for them"):format(
                loader.size(boot.usable_memory)))
    end
end

local function is_boot_file(name)
    name = name:lower()
    return boot_names[name] or boot_extensions[name:match("%.(%w+)$")] or name:find("_boot%.ttf$")
        or unused_stores[name]
end

-- Whether a file goes into the image. Files needed for booting do only if they have a path in \Windows.
local function is_for_image(file)
    return not is_boot_file(file.name) or file.path and file.path:lower():find("^windows\\")
end

---- the boot WIM ---------------------------------------------------------------------------------

-- Open a WIM; one that cannot be read is left out while there is another.
local function try_open(file)
    local readable, opened = pcall(wim.open, file)
    if readable then
        return opened
    end
    log.warn(("%s. It is left out"):format(opened))
    files[file.path or file.name] = nil
end

-- The WIM that boots: the only one, or the one named boot.wim, or the first with a boot index.
local function choose_wim()
    local found, names = {}, {}
    for name, file in pairs(files) do
        if loader.is_wim(file) then
            found[#found + 1], names[#names + 1] = file, name
        end
    end
    if #found < 2 then
        return found[1] and wim.open(found[1])
    end
    local chosen = files["boot.wim"] and wim.open(files["boot.wim"])
    local last
    for _, file in ipairs(chosen and {} or found) do
        last = try_open(file) or last
        if last and last.boot_index > 0 then
            break
        end
    end
    chosen = chosen or last or wim.open(found[1]) -- which says why it cannot be read
    loader.say(("WIMs: %s; %s boots"):format(table.concat(names, ", "), chosen.parts[1].name))
    return chosen
end

local function inject_files()
    local injected, count = {}, 0
    for name, file in pairs(files) do
        if is_for_image(file) then
            archive:inject("\\" .. (file.path or "Windows\\System32\\" .. name), file)
            count = count + 1
            if count <= 8 then
                injected[count] = name
            end
        end
    end
    if count > 0 then
        loader.say(("%s image %d: injected %s%s"):format(archive_name, image, table.concat(injected, ", "),
            count > #injected and (" and %d more"):format(count - #injected) or ""))
    end
end

-- Whether an image is for the processor that this firmware starts Windows on, as far as the WIM says.
local function fits(facts)
    local arch = facts.arch or ""
    return arch == "" or arch == boot.arch or not efi and arch == "x86_64"
end

-- The index of the image that boots: the chosen one; if nobody chose, one for this processor.
local function check_processor(index)
    local facts, fitting = archive.images[index], nil
    if fits(facts) then
        return index
    end
    for other, candidate in ipairs(archive.images) do
        fitting = fitting or fits(candidate) and other
    end
    local problem = ("image %d of %s is for %s; this firmware starts %s"):format(index, archive_name, facts.arch,
        boot.arch)
    if fitting and not boot.index and not boot.rawwim then
        loader.say(("%s: image %d boots"):format(problem, fitting))
        archive.boot_index = fitting
        return fitting
    elseif not boot.check then
        log.warn(problem)
        return index
    end
    fail("%s. %s", problem, fitting and ("Image %d would fit: boot.index = %d"):format(fitting, fitting)
        or "None of its images would fit: give a WIM for this processor")
end

local function prepare_wim()
    archive = choose_wim()
    if not archive then
        return
    end
    local file = archive.parts[1] -- of a split WIM, the one that changes
    archive_name, archive_key = file.name, file.path or file.name
    if boot.index and not boot.rawwim then
        archive.boot_index = boot.index
    end
    local result = call_hook("wim", archive, file)
    image = boot.rawwim and boot.index or archive.boot_index
    image = image > 0 and image or 1
    local facts = archive.images[image]
    if not facts then
        fail("%s has %d images, none with index %d", archive_name, #archive.images, image)
    end
    image = check_processor(image)
    facts = archive.images[image]
    windows = facts
    if archive.boot_index == 0 and not boot.rawwim then
        archive.boot_index = image -- Windows does not start an unmarked image
    end
    loader.say(("%s: booting image %d of %d: %s%s%s"):format(archive_name, image, #archive.images, facts.name,
        facts.version ~= "" and ", Windows " .. facts.version or "", loader.lines_that("index")))
    if archive.compression == "lzms" or archive.compression == "lzx" and archive.chunk_size ~= 32768 then
        log.warn(("%s: %s in chunks of %d bytes; Windows may be unable to boot from it (known to work: lzx "
            .. "in 32768, xpress, none)"):format(archive_name, archive.compression, archive.chunk_size))
    end
    if result ~= false and not boot.rawwim then
        inject_files()
    end
    announce_notes("injected", "removed", "set in the registry", "removed from the registry",
        "imported into the registry")
    if boot.slim and not boot.rawwim and #archive.images > 1 then
        archive.slim = true
    end
    if not boot.rawwim and boot.log ~= false and (boot.log or loader.is_changed(archive)) then
        loader.load("facts")(archive, image)
        loader.inject_log(archive, image, "\\Windows\\wimboot.log")
    end
    local patched, parts = archive:file(), archive.parts
    if archive.slim then
        local whole = 0
        for _, part in ipairs(parts) do
            whole = whole + part.size
        end
        loader.say(("%s: image %d alone: %s of %s%s"):format(archive_name, image, loader.size(patched.size),
            loader.size(whole), patched.size < whole and ", so Windows needs less memory" or ""))
    end
    if #parts > 1 then -- a split WIM has become one
        for _, part in ipairs(parts) do
            files[part.path or part.name] = nil
        end
        archive_name, archive_key = patched.name, patched.name
    end
    if patched ~= file then
        files[archive_key] = patched
    end
end

local function find_taken(name)
    for _, file in ipairs(taken) do
        if file.name:lower() == name:lower() then
            return file
        end
    end
end

-- Unless there is a file of this name, take one from `from`, the media or the WIM. Returns its path.
local function find_file(from, name, ...)
    if not from or files[name] or find_taken(name) then
        return
    end
    for _, path in ipairs { ... } do
        local file = from:find(path, image)
        if file then
            taken[#taken + 1] = loader.rename(file, name)
            return path
        end
    end
end

-- "from image 2: \Windows\Boot\DVD\EFI: BCD, boot.sdi; \Windows\Boot\Fonts: ..."
local function announce_taken(from, paths)
    if #paths == 0 then
        return
    end
    local parts, last = { ("from %s: "):format(from) }, nil
    for _, path in ipairs(paths) do
        local directory, name = path:match("^(.*)\\(.*)$")
        if directory ~= last then
            parts[#parts + 1] = (last and "; " or "") .. directory .. ": " .. name
        else
            parts[#parts + 1] = ", " .. name
        end
        last = directory
    end
    loader.say(table.concat(parts))
end

-- The names in a directory; none if it does not exist.
local function names_in(from, directory)
    local names = {}
    local there, list, state, first = pcall(function() return from:list(directory, image) end)
    if there then
        for name in list, state, first do
            names[#names + 1] = name
        end
    end
    return names
end

-- What the boot manager checks Windows PE with; media of Windows 11 24H2 and later have it.
local function find_policies(from, directory, paths)
    local to = "EFI\\Microsoft\\Boot\\"
    local function find(name)
        local file = not files[to .. name] and not policies[to .. name] and from:find(directory .. name, image)
        if file then
            by_path[#by_path + 1] = { path = "\\" .. to .. name, file = file }
            policies[to .. name] = true
            paths[#paths + 1] = directory .. name
        end
    end
    find("winsipolicy.p7b")
    for _, name in ipairs(names_in(from, directory .. "CIPolicies\\Active")) do
        if name:lower():find("%.cip$") then
            find("CIPolicies\\Active\\" .. name)
        end
    end
end

-- An EX boot manager is the image's, and so are its fonts.
local function find_on_media(ex)
    local paths = {}
    local function find(name, ...)
        paths[#paths + 1] = find_file(media, name, ...)
    end
    local own = efi and "\\EFI\\Microsoft\\Boot\\" or "\\Boot\\"
    find("BCD", own .. "BCD", "\\Boot\\BCD")
    find("boot.sdi", "\\Boot\\boot.sdi", own .. "boot.sdi")
    if efi then
        find("boot.stl", own .. "boot.stl")
        find_policies(media, own, paths)
    end
    for _, directory in ipairs(ex and {} or { "\\Boot\\Fonts\\", own .. "Fonts\\" }) do
        for _, name in ipairs(names_in(media, directory)) do
            if name:lower():find("%.ttf$") then
                find(name, directory .. name)
            end
        end
    end
    announce_taken(media.name, paths)
end

-- The fonts of an EX boot manager are beside it, under other names.
local function find_in_image(ex)
    local paths = {}
    local function find(...)
        paths[#paths + 1] = find_file(archive, ...)
    end
    local directory = efi and "\\Windows\\Boot\\DVD\\EFI\\" or "\\Windows\\Boot\\DVD\\PCAT\\"
    find("BCD", directory .. "BCD")
    find("boot.sdi", directory .. "boot.sdi", "\\sms\\boot\\boot.sdi")
    if efi then
        find("boot.stl", "\\Windows\\Boot\\EFI\\boot.stl")
        find_policies(archive, "\\Windows\\Boot\\EFI\\", paths)
    end
    for _, font in ipairs { "segmono_boot", "segoe_slboot", "segoen_slboot", "wgl4_boot" } do
        local plain = "\\Windows\\Boot\\Fonts\\" .. font .. ".ttf"
        if ex then
            find(font .. ".ttf", "\\Windows\\Boot\\FONTS_EX\\" .. font .. "_EX.ttf", plain)
        else
            find(font .. ".ttf", plain)
        end
    end
    announce_taken(("image %d"):format(image), paths)
end

---- the boot configuration -----------------------------------------------------------------------

local function open_store(file)
    if file then
        return bcd.open(file)
    end
    loader.say(("BCD: none given and none in the WIM: made one that boots %s"):format(archive_name))
    return bcd.winpe { wim = "\\Boot\\" .. archive_name, sdi = "\\Boot\\boot.sdi" }
end

-- Put a file in place of one of the same name, given or taken.
local function replace_file(name, file)
    local given = files[name]
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
local function lines_of(opened)
    local lines, set = {}, {}
    for line in opened:dump():gmatch("[^\n]+") do
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
local function call_store_hooks()
    if not hooks.bcd then
        return nil
    end
    local shown, lines, before = pcall(lines_of, store)
    local result = call_hook("bcd", store)
    local shown_again, lines_after, after = pcall(lines_of, store)
    if shown and shown_again then
        local changes = changes_of(lines, before, lines_after, after)
        announce("BCD, by the script", "BCD", changes, #changes, 16)
    end
    return result
end

local function prepare_store()
    local file = files.BCD or find_taken("BCD")
    if file and boot.rawbcd and not hooks.bcd then
        return
    elseif not file and not archive then
        log.warn("no BCD was given: the boot manager will not know what to boot")
        return
    end
    store = open_store(file)
    if call_store_hooks() ~= false and not boot.rawbcd then
        if file then
            loader.load("bcd_mend")(store)
        end
        local changed = store:convert()
        if changed > 0 then
            loader.say(("BCD: changed %d path(s) to end in .%s"):format(changed, efi and "efi" or "exe"))
        end
    end
    local made = store:file()
    if made ~= file then
        replace_file("BCD", made)
    end
end

---- the disk -------------------------------------------------------------------------------------

local function add_to_disk(file, targets)
    if type(targets) == "string" then
        targets = { targets }
    elseif type(targets) ~= "table" then
        fail("on.map: %s: the result must be a path, a list of paths, false or nil, not a %s", file.name, type(targets))
    end
    for _, target in ipairs(targets) do
        disk:add(target:find("[\\/]$") and target .. file.name or target, file)
    end
end

local function is_script(file)
    return file.name:lower():find("%.lua$")
end

-- Where the file's own name or a rule of the site's puts it.
local function place_file(file, mapped)
    local targets = call_hook("map", file)
    if targets ~= nil then
        mapped[#mapped + 1] = file.name
    end
    if targets then
        add_to_disk(file, targets)
    elseif targets == nil and not is_script(file) and (not file.path or is_boot_file(file.name))
        and (files[file.name] == file or not files[file.name]) then
        loader.place(file, directories)
    end
    return targets == nil
end

local function fill_disk(manager_path, manager, facts)
    local mapped = {}
    for _, file in pairs(files) do
        if place_file(file, mapped) and file.path and not is_script(file) then
            by_path[#by_path + 1] = { path = file.path, file = file }
        end
    end
    for _, file in ipairs(taken) do
        place_file(file, mapped)
    end
    announce("mapped by the script", "mapped", mapped, #mapped)
    for _, place in ipairs(by_path) do -- a file's own path takes precedence
        disk:add(place.path, place.file)
    end
    if efi then
        disk:add(manager_path, manager)
    end
    call_hook("disk", disk)
    announce_notes("added to the disk", "removed from the disk")
    local file = files.BCD or find_taken("BCD")
    if file and not boot.rawbcd then
        facts.file, facts.wim = file, archive and files[archive_key]
        loader.load("references")(store, facts)
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

-- What should be left beside the RAM disk (verdict.lua). If more is free, nothing is said about memory.
local memory_margin = 256 * 1000000

-- Whether anything may fail after the hand-over. Mostly nothing will, and then verdict.lua is not needed.
local function is_doubtful(facts)
    return archive and loader.missing(windows.arch, windows.version) or boot.secure_boot or #facts.entries > 0
        or facts.ramdisk and facts.ramdisk.wim.size + memory_margin > loader.free_memory()
        or facts.is_foreign and windows.version:find("^1%d%.") and (loader.program_version(facts.manager_file)
            or ""):find("^6%.[01]%.")
end

-- Say what will fail after the hand-over; what certainly will ends the boot here.
local function conclude(facts)
    if boot.verdict and is_doubtful(facts) then
        loader.load("verdict")(facts)
    end
    local findings, fatal = boot.verdict or {}, nil
    if #findings > 0 and call_hook("verdict", findings) == false then
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
        fail("%s. To try it all the same: noverdict on the command line", fatal)
    end
end

return function()
    announce_files()
    media = loader.load("media")()
    check_files()
    unused_stores = loader.load("given")()
    call_hook("files", files)
    prepare_wim()
    local path, manager, given, ex, is_foreign = loader.load("manager") {
        archive = archive,
        archive_name = archive_name,
        image = image,
        media = media,
    }
    if not given then
        taken[#taken + 1] = manager
    end
    if media then
        find_on_media(ex)
    end
    if archive then
        find_in_image(ex)
    end
    prepare_store()
    local facts = {
        store = store,
        archive = archive,
        archive_name = archive_name,
        image = image,
        arch = windows.arch,
        manager = path,
        manager_file = manager,
        is_foreign = is_foreign,
        check = boot.check,
        entries = {},
    }
    fill_disk(path, manager, facts)
    conclude(facts)
end
