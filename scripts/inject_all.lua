-- SPDX-License-Identifier: BSD-2-Clause
-- w:inject_all(directory, pattern or list [, index]): many of the given files into a directory of an image. They
-- go nowhere else then: not into \Windows\System32, and not onto the disk.

local loader = ...

-- Names of given files that match, with what is after the folder that the pattern starts with.
local function find_matching(pattern)
    pattern = pattern:gsub("/", "\\"):gsub("^\\+", "")
    local folder = pattern:match("^[^*?]*\\") or ""
    local found = {}
    for name in pairs(files) do
        if loader.match(pattern, name) then
            found[#found + 1] = { name = name, file = files[name], target = name:sub(#folder + 1) }
        end
    end
    return found
end

local function find_listed(list)
    local found = {}
    for number, item in ipairs(list) do
        local file = type(item) == "string" and files[item] or item
        if type(file) ~= "userdata" then
            error(("wim:inject_all: item %d: %s"):format(number, type(item) == "string"
                and ("there is no file '%s'"):format(item) or "neither a file nor the name of one"), 4)
        end
        local name = file.path or file.name
        found[number] = { name = files[name] == file and name, file = file, target = file.name }
    end
    return found
end

return function(w, directory, what, index)
    if type(directory) ~= "string" or type(what) ~= "string" and type(what) ~= "table" then
        error("wim:inject_all: needs a directory, and a pattern or a list of files", 3)
    end
    local found = type(what) == "string" and find_matching(what) or find_listed(what)
    for _, item in ipairs(found) do
        w:inject(directory .. "\\" .. item.target, item.file, index)
        if item.name then
            files[item.name] = nil
        end
    end
    return #found
end
