-- SPDX-License-Identifier: BSD-2-Clause
-- Boot files that were not given are taken from the ISO or volume that boots, and from the image.

local loader = ...

local efi = boot.firmware == "efi"

-- Whether the boot manager can use a file of the media, as far as that is known before it reads it. In an image, its
-- SHA-1 says so.
local function is_sound(media, name, file)
    local problem = name == "boot.sdi" and loader.check_content(file, "sdi")
    if problem then
        log.warn(("%s: %s. It is not taken"):format(media.name, problem))
    end
    return not problem
end

-- Unless there is a file of this name, take one from `from`, the media or the WIM. Returns its path.
local function take(facts, from, name, ...)
    if files[name] or loader.find_taken(name) then
        return
    end
    for _, path in ipairs { ... } do
        local file = from:find(path, facts.image)
        if file and (from ~= facts.media or is_sound(from, name, file)) then
            facts.taken[#facts.taken + 1] = loader.rename(file, name)
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
local function names_in(from, directory, image)
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
local function take_policies(facts, from, directory, paths)
    local to = "EFI\\Microsoft\\Boot\\"
    local function find(name)
        local file = not files[to .. name] and not facts.policies[to .. name]
            and from:find(directory .. name, facts.image)
        if file then
            facts.by_path[#facts.by_path + 1] = { path = "\\" .. to .. name, file = file }
            facts.policies[to .. name] = true
            paths[#paths + 1] = directory .. name
        end
    end
    find("winsipolicy.p7b")
    for _, name in ipairs(names_in(from, directory .. "CIPolicies\\Active", facts.image)) do
        if name:lower():find("%.cip$") then
            find("CIPolicies\\Active\\" .. name)
        end
    end
end

-- An EX boot manager is the image's, and so are its fonts.
local function take_from_media(facts)
    local media, paths = facts.media, {}
    local function find(name, ...)
        paths[#paths + 1] = take(facts, media, name, ...)
    end
    local own = efi and "\\EFI\\Microsoft\\Boot\\" or "\\Boot\\"
    find("BCD", own .. "BCD", "\\Boot\\BCD")
    find("boot.sdi", "\\Boot\\boot.sdi", own .. "boot.sdi")
    if efi then
        find("boot.stl", own .. "boot.stl")
        take_policies(facts, media, own, paths)
    end
    for _, directory in ipairs(facts.is_ex and {} or { "\\Boot\\Fonts\\", own .. "Fonts\\" }) do
        for _, name in ipairs(names_in(media, directory)) do
            if name:lower():find("%.ttf$") then
                find(name, directory .. name)
            end
        end
    end
    announce_taken(media.name, paths)
end

-- The fonts of an EX boot manager are beside it, under other names.
local function take_from_image(facts)
    local archive, paths = facts.archive, {}
    local function find(...)
        paths[#paths + 1] = take(facts, archive, ...)
    end
    local directory = efi and "\\Windows\\Boot\\DVD\\EFI\\" or "\\Windows\\Boot\\DVD\\PCAT\\"
    find("BCD", directory .. "BCD")
    find("boot.sdi", directory .. "boot.sdi", "\\sms\\boot\\boot.sdi")
    if efi then
        find("boot.stl", "\\Windows\\Boot\\EFI\\boot.stl")
        take_policies(facts, archive, "\\Windows\\Boot\\EFI\\", paths)
    end
    for _, font in ipairs { "segmono_boot", "segoe_slboot", "segoen_slboot", "wgl4_boot" } do
        local plain = "\\Windows\\Boot\\Fonts\\" .. font .. ".ttf"
        if facts.is_ex then
            find(font .. ".ttf", "\\Windows\\Boot\\FONTS_EX\\" .. font .. "_EX.ttf", plain)
        else
            find(font .. ".ttf", plain)
        end
    end
    announce_taken(("image %d"):format(facts.image), paths)
end

-- Adds to facts.taken, facts.by_path and facts.policies (default.lua).
return function(facts)
    if facts.media then
        take_from_media(facts)
    end
    if facts.archive then
        take_from_image(facts)
    end
end
