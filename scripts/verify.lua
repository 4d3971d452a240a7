-- SPDX-License-Identifier: BSD-2-Clause
-- verify{ ["boot.wim"] = "sha256:...", ... }: raise an error for the first file that is not what it should be.

local function check_file(name, expected)
    local file = files[name]
    local algorithm, digest = tostring(expected):match("^(%w+):(%x+)$")
    if not algorithm then
        error(("verify: %s: '%s' is not of the form algorithm:hexadecimal digest"):format(name, tostring(expected)), 3)
    elseif not file then
        error(("verify: %s: there is no file with this name"):format(name), 3)
    end
    local hashed, found = pcall(file.hash, file, algorithm:lower())
    if not hashed then -- at the line of the script, not at this one
        error(("verify: %s: %s"):format(name, found:gsub("^wimboot/%w+%.lua:%d+: ", "")), 3)
    end
    if found ~= digest:lower() then
        error(("verify: %s: its %s is %s, not %s: it is damaged or another file"):format(name, algorithm, found,
            digest:lower()), 3)
    end
end

return function(manifest)
    local names = {}
    if type(manifest) ~= "table" then
        error("verify: the manifest is a table: verify{ [\"boot.wim\"] = \"sha256:...\" }", 2)
    end
    for name in pairs(manifest) do
        if type(name) ~= "string" then
            error(("verify: a key is a file's name, not a %s"):format(type(name)), 2)
        end
        names[#names + 1] = name
    end
    table.sort(names)
    for _, name in ipairs(names) do
        check_file(name, manifest[name])
    end
end
