-- SPDX-License-Identifier: BSD-2-Clause
-- What will fail after the hand-over, where nobody says why: the processor, the memory, the boot manager,
-- the entry that boots. Loaded by default.lua when there is reason to look closely.

local loader = ...

-- Microsoft asks for 512 MB for Windows PE with its own image, which takes up to half of that. So this
-- much should be left beside the RAM disk.
local MEMORY_BESIDE_RAM_DISK = 256 * 1000000

-- A boot manager of this build and later was seen to refuse winload 10.0.26100.1 under Secure Boot, and
-- to start 10.0.26100.8655.
local STRICT_MANAGER = 28000
local ACCEPTED_WINLOAD = { 10, 0, 26100, 8655 }

-- In an image.
local MANAGER = boot.firmware == "efi" and "\\Windows\\Boot\\EFI\\bootmgfw.efi" or "\\Windows\\Boot\\PXE\\bootmgr.exe"

local function numbers_of(version)
    local numbers = {}
    for number in version:gmatch("%d+") do
        numbers[#numbers + 1] = tonumber(number)
    end
    return numbers
end

local function is_less(left, right)
    for index, number in ipairs(right) do
        local other = left[index] or 0
        if other ~= number then
            return other < number
        end
    end
    return false
end

-- `subject` is an image of a WIM: its archive, archive_name, image and windows, as facts has them of the one that
-- files go into.
local function describe_image(subject, version)
    return ("image %d of %s (Windows %s)"):format(subject.image, subject.archive_name, version)
end

-- What boots without a choice by the user, if that is another WIM.
local function other_subject(facts)
    local file = facts.ramdisk and facts.ramdisk.wim
    local readable, archive = pcall(wim.open, file ~= facts.wim and file or nil)
    local index = readable and math.max(archive.boot_index, 1) or 0
    if readable and archive.images[index] then
        return { archive = archive, archive_name = file.name, image = index, windows = loader.identify(archive, index) }
    end
end

---- the processor --------------------------------------------------------------------------------

local function names_of(list, essential)
    local names, features = {}, {}
    for _, item in ipairs(list) do
        if item.essential == essential then
            names[#names + 1], features[item.feature] = item.name, true
        end
    end
    return #names > 0 and table.concat(names, ", "), features
end

local function consequence(features)
    if features.lm then
        return "the boot manager would end with 0xc000035a"
    elseif features.sse4_2 or features.popcnt then
        return "Windows would restart the machine without a message"
    end
    return "Windows would stop with UNSUPPORTED_PROCESSOR"
end

-- Whether this machine can run an image, as far as the WIM says.
local function is_runnable(image)
    return loader.fits(image.arch) and not loader.missing(image.arch, image.version)
end

-- Another image of the WIM that this processor can run; else another kind.
local function processor_remedy(archive, features)
    for index, candidate in ipairs(archive.images) do
        if candidate.arch ~= "" and candidate.version ~= "" and is_runnable(candidate) then
            return ("Image %d would run: boot.index = %d"):format(index, index)
        end
    end
    return ("Give %s, or a virtual machine another processor model (host, for example)"):format(
        features.lm and "a 32-bit image" or "an image of an older Windows")
end

local function judge_processor(subject, is_fatal)
    local arch, version = subject.windows.arch, subject.windows.version
    if not loader.fits(arch) then -- image.lua has asked that of the WIM that files go into
        loader.find("processor", ("%s is for %s; this firmware starts %s"):format(describe_image(subject, version),
            arch, loader.processors), is_fatal)
        return
    end
    local list, is_certain = loader.missing(arch, version)
    if list and not is_certain then
        version = loader.ask_winload(subject.archive, subject.image)
        list, is_certain = loader.missing(arch, version)
    end
    if not list or not is_certain then
        return
    end
    local image, processor = describe_image(subject, version), "this processor"
    if boot.processor.name ~= "" then
        processor = ("%s (%s)"):format(processor, boot.processor.name)
    end
    local names, features = names_of(list, true)
    if names then
        loader.find("processor", ("%s needs %s, which %s does not have: %s. %s"):format(image, names, processor,
            consequence(features), processor_remedy(subject.archive, features)), is_fatal)
        return
    end
    names, features = names_of(list, false)
    loader.find("processor", ("%s needs %s, which %s does not report: if Windows restarts, or stops with "
        .. "UNSUPPORTED_PROCESSOR, this is why. %s"):format(image, names, processor,
        features.nx and "NX (XD, no-execute) can be off in the firmware's setup"
            or processor_remedy(subject.archive, features)))
end

---- memory ---------------------------------------------------------------------------------------

-- The size of the WIM with only this image; nil if it cannot be made.
local function size_alone(archive, index)
    local before = archive.boot_index
    local made, size = pcall(function()
        archive.boot_index, archive.slim = index, true
        return archive:file().size
    end)
    archive.slim = false
    pcall(function() archive.boot_index = before end)
    return made and size or nil
end

-- `fits` says whether a RAM disk of a size would do.
local function memory_remedy(facts, fits)
    local archive, sdi = facts.archive, facts.ramdisk.sdi
    if archive and facts.ramdisk.wim == facts.wim and not archive.slim and not boot.rawwim and #archive.images > 1 then
        local order = { facts.image }
        for index, image in ipairs(archive.images) do
            order[#order + 1] = index ~= facts.image and is_runnable(image) and index or nil
        end
        for _, index in ipairs(order) do
            local size = size_alone(archive, index)
            if size and fits(size + (sdi and sdi.size or 0)) then
                local words = index == facts.image and "slim" or ("slim index=%d"):format(index)
                return ("Write %s on the command line: image %d alone takes %s"):format(words, index, loader.size(size))
            end
        end
    end
    return "Give the machine more memory, or a smaller WIM"
end

local function judge_memory(facts)
    local wim, sdi = facts.ramdisk.wim, facts.ramdisk.sdi
    local size = wim.size + (sdi and sdi.size or 0)
    local parts = ("the RAM disk takes %s (%s %s%s)"):format(loader.size(size), wim.name, loader.size(wim.size),
        sdi and (", %s %s"):format(sdi.name, loader.size(sdi.size)) or "")
    local free, most = loader.free_memory()
    local left = boot.usable_memory - size
    if size > most then
        loader.find("memory", ("%s in addition to the files themselves, and of %s of memory %s are free: the boot "
            .. "manager would end with 0xc0000017. %s"):format(parts, loader.size(boot.usable_memory),
            loader.size(free), memory_remedy(facts, function(needed) return needed <= free end)), true)
    elseif size > free then
        loader.find("memory", ("%s, and %s are free%s: the boot manager may end with 0xc0000017. %s"):format(
            parts, loader.size(free), boot.firmware == "bios" and " below 4 GB, where it can be" or "",
            boot.linear and "Leave out 'linear': then the files move above 4 GB"
            or memory_remedy(facts, function(needed) return needed <= free end)))
    elseif left < MEMORY_BESIDE_RAM_DISK and facts.archive and facts.windows.version ~= "" then
        loader.find("memory", ("%s, which leaves Windows PE %s of %s; it needs about %s, and may restart or stop "
            .. "without. %s"):format(parts, loader.size(left), loader.size(boot.usable_memory),
            loader.size(MEMORY_BESIDE_RAM_DISK), memory_remedy(facts, function(needed)
                return boot.usable_memory - needed >= MEMORY_BESIDE_RAM_DISK
            end)))
    end
end

---- the boot manager -----------------------------------------------------------------------------

local function judge_manager(facts)
    local version = loader.program_version(facts.manager_file)
    local of_image = facts.windows.version
    if not version or version == "" then
        return
    elseif boot.secure_boot and numbers_of(version)[3] >= STRICT_MANAGER and (of_image == ""
        or is_less(numbers_of(of_image), { 10, 0, STRICT_MANAGER })) then
        -- An image can have a newer one than its XML says, and 26200's is of 26100.
        local winload = loader.ask_winload(facts.archive, facts.image)
        if winload ~= "" and is_less(numbers_of(winload), ACCEPTED_WINLOAD) then
            loader.find("manager", ("with Secure Boot, boot manager %s may refuse winload %s of image %d of %s with "
                .. "0xc0430001. Update the image with a cumulative update, or give the boot manager that belongs to it")
                :format(version, winload, facts.image, facts.archive_name))
        end
    elseif facts.is_foreign and is_less(numbers_of(version), { 6, 2 })
        and not is_less(numbers_of(of_image), { 10 }) then
        loader.find("manager", ("boot manager %s is older than %s, and may refuse its winload with 0xc0000428. "
            .. "%s"):format(version, describe_image(facts, of_image), facts.archive:find(MANAGER, facts.image)
            and "Leave it out: the image has one" or "Give the one that belongs to the image"))
    end
end

---- the entry ------------------------------------------------------------------------------------

-- An element of an object, or of those that it inherits from.
local function element_of(store, object, name, depth)
    local value = object[name]
    if value == nil and depth < 4 then
        for _, id in ipairs(object.inherit or {}) do
            local parent = store[id]
            value = parent and element_of(store, parent, name, depth + 1)
            if value ~= nil then
                break
            end
        end
    end
    return value
end

local function judge_entry(facts, reference)
    local store, object = facts.store, facts.store[reference.object]
    local label = reference.description ~= "" and ('entry "%s"'):format(reference.description) or reference.object
    local function suggest(name, value, reason)
        loader.find("entry", ("BCD: %s %s: on.bcd = function(s) s[\"%s\"].%s = %s end"):format(label, reason,
            reference.object, name, value))
    end
    local function get(name)
        return element_of(store, object, name, 0)
    end
    local device = get("device")
    if not get("winpe") then
        suggest("winpe", "true", "boots a WIM, but not as Windows PE, so Windows would look for its disk and stop")
    end
    if device:find("^hex:") and get("osdevice") then
        suggest("device", ("%q"):format(get("osdevice")), "has a device that is damaged")
    elseif get("osdevice") ~= device then
        suggest("osdevice", ("%q"):format(device), ("takes winload from the WIM, but Windows from %s"):format(
            get("osdevice") or "nowhere"))
    end
    if not get("systemroot") then
        suggest("systemroot", '"\\\\Windows"', "does not say in which folder of the WIM Windows is")
    end
    local windows = facts.windows
    local is_old = windows.arch == "i386" and is_less(numbers_of(windows.version), { 6, 2 })
    if is_old and disk:find(reference.path) == facts.wim and not get("detecthal") then
        suggest("detecthal", "true", "does not have winload choose the HAL, which 32-bit Windows 7 and earlier need")
    end
end

return function(facts)
    local other = other_subject(facts)
    if other then
        judge_processor(other, true)
    end
    if facts.archive then
        local boots = not facts.store or facts.ramdisk and facts.ramdisk.wim == facts.wim
        judge_processor(facts, boots or false)
        judge_manager(facts)
    end
    if facts.ramdisk then
        judge_memory(facts)
    end
    for _, reference in ipairs(facts.entries) do
        pcall(judge_entry, facts, reference) -- the store may have an element of a wrong type
    end
end
