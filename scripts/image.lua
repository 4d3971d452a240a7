-- SPDX-License-Identifier: BSD-2-Clause
-- The WIM that boots: which it is, which of its images, and what goes into that.

local loader = ...

local efi = boot.firmware == "efi"

-- Open a WIM; one that cannot be read is left out while there is another.
local function try_open(file)
    local readable, opened = pcall(wim.open, file)
    if readable then
        return opened
    end
    log.warn(("%s. It is left out"):format(opened))
    files[file.path or file.name] = nil
end

-- How well a WIM suits: above all, one of its images is for this processor; then, one is marked for booting.
local function suitability(archive)
    local points = archive.boot_index > 0 and 1 or 0
    for _, image in ipairs(archive.images) do
        if loader.fits(image.arch) then
            return points + 2
        end
    end
    return points
end

local function choose_best(candidates)
    local best, most = nil, -1
    for _, file in ipairs(candidates) do
        local opened = most < 3 and try_open(file)
        local points = opened and suitability(opened) or -1
        if points > most then
            best, most = opened, points
        end
    end
    return best
end

-- The WIM that boots: the only one; or the only one named boot.wim; or, of those of that name or else of all, the one
-- that suits best, or the first of these.
local function choose_wim()
    local found, named, names = {}, { files["boot.wim"] }, {}
    for name, file in pairs(files) do
        if loader.is_wim(file) then
            found[#found + 1], names[#names + 1] = file, name
            if file.name:lower() == "boot.wim" and file ~= named[1] then
                named[#named + 1] = file
            end
        end
    end
    if #found < 2 then
        return found[1] and wim.open(found[1])
    end
    local candidates = #named > 0 and named or found
    local chosen = #candidates > 1 and choose_best(candidates)
        or wim.open(candidates[1]) -- which says why it cannot be read
    local file = chosen.parts[1]
    for _, other in ipairs(named) do
        if other ~= file then
            loader.put_last(other)
        end
    end
    loader.say(("WIMs: %s; %s boots"):format(table.concat(names, ", "), file.path or file.name))
    return chosen
end

-- The image that boots, and its index: the chosen one; if nobody chose, one for this processor.
local function check_processor(facts, index)
    local archive, image = facts.archive, loader.identify(facts.archive, index)
    if loader.fits(image.arch) then
        return image, index
    end
    local fitting, fitting_image
    for other in ipairs(archive.images) do
        local candidate = not fitting and loader.identify(archive, other)
        if candidate and loader.fits(candidate.arch) then
            fitting, fitting_image = other, candidate
        end
    end
    local problem = ("image %d of %s is for %s; this firmware starts %s"):format(index, facts.archive_name, image.arch,
        loader.processors)
    if fitting and not boot.index and not boot.rawwim then
        loader.say(("%s: image %d boots"):format(problem, fitting))
        archive.boot_index = fitting
        return fitting_image, fitting
    elseif not boot.check then
        log.warn(problem)
        return image, index
    end
    loader.fail("%s. %s", problem, fitting and ("Image %d would fit: boot.index = %d"):format(fitting, fitting)
        or "None of its images would fit: give a WIM for this processor")
end

local function check_index(facts, index)
    local count = #facts.archive.images
    if index > count then
        loader.fail("%s has no image %d to boot; it has %d image%s", facts.archive_name, index, count,
            count == 1 and "" or "s")
    end
end

-- Decide which image boots, after the site's script had its say. Returns what its hooks decided.
local function choose_image(facts, file)
    local archive = facts.archive
    if boot.index and not boot.rawwim then
        check_index(facts, boot.index)
        archive.boot_index = boot.index
    end
    local decided = loader.call_hook("wim", archive, file)
    local index = boot.rawwim and boot.index or archive.boot_index
    index = index > 0 and index or 1
    check_index(facts, index)
    facts.windows, facts.image = check_processor(facts, index)
    if archive.boot_index == 0 and not boot.rawwim then
        archive.boot_index = facts.image -- Windows does not start an unmarked image
    end
    loader.say(("%s: booting image %d of %d: %s%s%s"):format(facts.archive_name, facts.image, #archive.images,
        facts.windows.name, facts.windows.version ~= "" and ", Windows " .. facts.windows.version or "",
        loader.lines_that("index")))
    if archive.compression == "lzms" or archive.compression == "lzx" and archive.chunk_size ~= 32768 then
        log.warn(("%s: %s in chunks of %d bytes; Windows may be unable to boot from it (known to work: lzx "
            .. "in 32768, xpress, none)"):format(facts.archive_name, archive.compression, archive.chunk_size))
    end
    return decided
end

-- Files needed for booting go into the image only if they have a path in \Windows, and never the WIM itself, whatever
-- its name.
local function is_for_image(file, parts)
    for _, part in ipairs(parts) do
        if part == file then
            return false
        end
    end
    return not loader.is_boot_file(file.name) or file.path and file.path:lower():find("^windows\\")
end

local function inject_files(facts)
    local injected, count, parts = {}, 0, facts.archive.parts
    for name, file in pairs(files) do
        if is_for_image(file, parts) then
            facts.archive:inject("\\" .. (file.path or "Windows\\System32\\" .. name), file)
            count = count + 1
            if count <= 8 then
                injected[count] = name
            end
        end
    end
    if count > 0 then
        loader.say(("%s image %d: injected %s%s"):format(facts.archive_name, facts.image,
            table.concat(injected, ", "), count > #injected and (" and %d more"):format(count - #injected) or ""))
    end
end

-- Put the files into the image, as far as they are wanted.
local function fill(facts, may_inject)
    local archive = facts.archive
    if may_inject and not boot.rawwim then
        inject_files(facts)
    end
    loader.announce_notes("injected", "removed", "set in the registry", "removed from the registry",
        "imported into the registry")
    if boot.slim and not boot.rawwim and #archive.images > 1 then
        archive.slim = true
    end
end

-- The bytes of all files in a table.
local function size_of(list)
    local size = 0
    for _, file in pairs(list) do
        size = size + file.size
    end
    return size
end

-- Whether the log may take what is missing elsewhere: a few MB of the memory that Windows has, or in BIOS of
-- the loader's, whose heap is below 2 GB with the files.
local function is_log_too_much(archive)
    return loader.is_memory_short(size_of(archive.parts)) or not efi and size_of(files) > 7 << 28
end

-- The WIM with its changes, and with what was said and is known. Nothing may fail because of the log: what is possible
-- without it is made first, and stands if the image cannot have it.
local function patch(facts)
    local archive, index = facts.archive, facts.image
    local is_changed, is_rewritten = loader.is_changed(archive)
    facts.is_changed = is_changed
    if boot.rawwim or boot.log == false or not boot.log and not is_changed and is_log_too_much(archive) then
        return archive:file()
    end
    local without = not is_rewritten and archive:file()
    local is_possible, patched = pcall(function()
        loader.load("facts")(archive, index)
        loader.inject_log(archive, index, "\\Windows\\wimboot.log")
        return archive:file()
    end)
    if is_possible then
        return patched
    end
    loader.say("no log in the image: " .. tostring(patched):gsub("^[%a:]+: ", ""))
    return without or archive:file()
end

local function announce_slim(facts, patched)
    local whole = size_of(facts.archive.parts)
    loader.say(("%s: image %d alone: %s of %s%s"):format(facts.archive_name, facts.image, loader.size(patched.size),
        loader.size(whole), patched.size < whole and ", so Windows needs less memory" or ""))
end

-- Find the WIM and prepare it. Sets, if there is one, facts.archive, archive_name, archive_key, image and
-- windows (default.lua).
return function(facts)
    local archive = choose_wim()
    if not archive then
        return
    end
    local file = archive.parts[1] -- of a split WIM, the one that changes
    facts.archive, facts.archive_name, facts.archive_key = archive, file.name, file.path or file.name
    fill(facts, choose_image(facts, file) ~= false)
    local patched, parts = patch(facts), archive.parts
    if archive.slim then
        announce_slim(facts, patched)
    end
    if #parts > 1 then -- a split WIM has become one
        for _, part in ipairs(parts) do
            files[part.path or part.name] = nil
        end
        facts.archive_name, facts.archive_key = patched.name, patched.name
    end
    if patched ~= file then
        files[facts.archive_key] = patched
    end
end
