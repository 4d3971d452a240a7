-- SPDX-License-Identifier: BSD-2-Clause
-- The message for a boot without a boot manager: every place that was searched, and what is there.

local loader = ...

local function names_of(list)
    local names = {}
    for name in list do
        names[#names + 1] = name
        if #names == 12 then
            names[#names + 1] = "..."
            break
        end
    end
    return #names > 0 and table.concat(names, ", ") or "nothing"
end

-- What is in the deepest directory above a path that exists.
local function surroundings(archive, image, path)
    local directory = path
    while directory ~= "" do
        directory = directory:match("^(.*)\\")
        local exists, next_name, listing, first = pcall(archive.list, archive, directory .. "\\", image)
        if exists then
            return ("%s\\ has %s"):format(directory, names_of(function()
                local name = next_name(listing, first)
                first = name
                return name
            end))
        end
    end
    return "the image is empty"
end

return function(name, paths, archive, archive_name, image)
    local lines = {
        ("no boot manager found (%s). Searched:"):format(name),
        ("  the given files: they are %s"):format(names_of(pairs(files))),
    }
    if not archive then
        lines[#lines + 1] = "  a boot WIM: none was given"
        for given, file in pairs(files) do
            if loader.is_iso(file) then
                lines[#lines + 1] = ("  %s: \\sources\\boot.wim: not there"):format(given)
            end
        end
    end
    for _, path in ipairs(archive and paths or {}) do
        lines[#lines + 1] = ("  %s image %d: %s: not there; %s"):format(archive_name, image, path,
            surroundings(archive, image, path))
    end
    lines[#lines + 1] = loader.load("advice")(archive and name or "boot.wim")
    return table.concat(lines, "\n")
end
