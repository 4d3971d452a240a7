-- SPDX-License-Identifier: BSD-2-Clause
-- Choose the boot manager: the one that was given, else one in the image that boots. Under Secure Boot
-- one that the firmware will trust comes first, and the console says what it is trusted by, or what
-- would have to be updated. The firmware decides; what is said here is predicted from its variables.

local loader = ...

local efi = boot.firmware == "efi"

-- The name under which UEFI starts a boot manager. Windows' own reads itself back from the disk under
-- the name it was started by, so it must be there.
local NAME = efi and ({ x86_64 = "BOOTX64.EFI", i386 = "BOOTIA32.EFI", arm64 = "BOOTAA64.EFI" })[boot.arch]
    or "bootmgr.exe"
local PATH = efi and "\\EFI\\BOOT\\" .. NAME or "\\" .. NAME

-- In the image. Signed under Windows UEFI CA 2023, and in \EFI under Windows Production PCA 2011.
local EX = "\\Windows\\Boot\\EFI_EX\\bootmgfw_EX.efi"
local PATHS = efi and { EX, "\\Windows\\Boot\\EFI\\bootmgfw.efi" } or { "\\Windows\\Boot\\PXE\\bootmgr.exe" }

-- Candidates in the image, best first: { file =, from =, ex =, is_of_image = }.
local function add_found(candidates, facts)
    for _, path in ipairs(facts.archive and PATHS or {}) do
        local file = facts.archive:find(path, facts.image)
        if file then
            candidates[#candidates + 1] = { file = file, ex = path == EX, is_of_image = true,
                from = ("%s image %d: %s"):format(facts.archive_name, facts.image, path) }
        end
    end
    return candidates
end

-- The one of the ISO or volume that boots. On the volume that the loader came from, the loader is in its place.
local function add_on_media(candidates, media)
    if media and media.own then
        return candidates
    end
    local path = efi and PATH or "\\bootmgr"
    local file = media and media:find(path)
    local from = media and ("%s: %s"):format(media.name, path)
    if file and efi then
        candidates[#candidates + 1] = { file = file, from = from }
    elseif file then
        local exe, problem = loader.unpack_bootmgr(file)
        if exe then
            candidates[#candidates + 1] = { file = exe, from = from }
        elseif problem then
            log.warn(("%s: %s"):format(media.name, problem))
        end
    end
    return candidates
end

-- One that was chosen or given is the only one; but the EX one is not trusted everywhere, so it is tried
-- first, and others after it.
local function find_candidates(facts)
    local chosen = boot.manager or files[NAME]
    if chosen then
        return { { file = chosen, from = chosen.name, given = true } }
    end
    local ex, plain = efi and files["bootmgfw_EX.efi"], efi and files["bootmgfw.efi"]
    if plain or ex then
        local given = {}
        for _, file in ipairs { ex or plain, ex and plain } do
            given[#given + 1] = file and { file = file, from = file.name, ex = file == ex }
        end
        return ex and not plain and add_found(given, facts) or given
    end
    if not efi and files.bootmgr then
        local exe, problem = loader.unpack_bootmgr(files.bootmgr)
        if exe then
            return { { file = exe, from = "bootmgr" } }
        elseif problem then
            loader.fail("%s", problem)
        end
        local _, what = loader.is_wim(files.bootmgr)
        log.warn(("bootmgr has no bootmgr.exe in it: it is %s. It is left out"):format(
            files.bootmgr.size > 0 and what or "empty"))
        files.bootmgr = nil
    end
    return add_found(add_on_media({}, facts.media), facts)
end

---- Secure Boot ----------------------------------------------------------------------------------

local ORDER = { trusted = 1, unknown = 2, ["version revoked"] = 3 } -- all others come last

local function judge(candidates)
    for number, candidate in ipairs(candidates) do
        local readable, verdict = pcall(boot.trust.judge, candidate.file)
        candidate.verdict = readable and verdict or { result = "unknown", text = "cannot be judged" }
        candidate.rank = (ORDER[candidate.verdict.result] or 4) * 100 + number
    end
    table.sort(candidates, function(a, b) return a.rank < b.rank end)
end

local UPDATE_IMAGE = "update the image: a recent cumulative update brings a newer boot manager, in "
    .. "\\Windows\\Boot\\EFI_EX"

-- The remedy.
local function remedy(verdict)
    local key = verdict.key or ""
    if verdict.result == "version revoked" or verdict.result == "hash revoked" or key:find("2011") then
        return UPDATE_IMAGE
    elseif key:find("2023") then
        return "update the firmware, or add this certificate to db: this one trusts "
            .. (#boot.trust.keys > 0 and table.concat(boot.trust.keys, ", ") or "nothing")
    elseif verdict.result == "key missing" then
        return "add this certificate to db or to shim's list (MOK)"
    elseif verdict.result == "unsigned" then
        return "sign it with a key that the firmware trusts"
    elseif verdict.result == "changed" then
        return "it was damaged in transfer, or changed: give the original"
    end
end

local function announce(candidate)
    local verdict = candidate.verdict
    local line = "boot manager: " .. candidate.from .. (boot.manager and loader.lines_that("manager") or "")
    if not verdict or verdict.result == "unknown" then
        loader.say(line)
        return
    end
    loader.say(("%s, which %s"):format(line, verdict.text))
    if verdict.result ~= "trusted" then
        local cure = remedy(verdict)
        log.warn(("Secure Boot: the boot manager %s%s"):format(verdict.text, cure and ". Remedy: " .. cure or ""))
    end
end

---- the choice -----------------------------------------------------------------------------------

local function describe_refusal(candidate, problem)
    if problem:sub(1, #NAME) == NAME then
        problem = problem:sub(#NAME + 1):gsub("^: ", ""):gsub("^ ", "") -- it is named by where it comes from
    end
    local verdict = candidate.verdict
    if verdict and verdict.result ~= "trusted" and verdict.result ~= "unknown" then
        local cure = remedy(verdict)
        problem = ("%s; it %s%s"):format(problem, verdict.text, cure and ". Remedy: " .. cure or "")
    end
    return ("%s: %s"):format(candidate.from, problem)
end

-- Sets facts.manager, manager_file, is_ex and is_foreign (default.lua), and adds a boot manager that was not
-- given under its name on the disk to facts.taken.
return function(facts)
    local candidates = find_candidates(facts)
    if #candidates == 0 then
        loader.fail("%s", loader.load("no_manager")(NAME, PATHS, facts.archive, facts.archive_name, facts.image))
    end
    if boot.secure_boot then
        judge(candidates)
    end
    local refused = {}
    for _, candidate in ipairs(candidates) do
        local file = loader.rename(candidate.file, NAME)
        local accepted, problem = loader.load_manager(file, PATH)
        if accepted then
            announce(candidate)
            facts.manager, facts.manager_file = PATH, file
            facts.is_ex, facts.is_foreign = candidate.ex, not candidate.is_of_image
            if files[NAME] ~= candidate.file then
                facts.taken[#facts.taken + 1] = file
            end
            return
        end
        if not candidate.is_of_image then
            problem = loader.check_content(file, "program") or problem -- which names an HTML page
        end
        refused[#refused + 1] = describe_refusal(candidate, problem)
    end
    loader.fail("the boot manager cannot be started: %s", table.concat(refused, "; "))
end
