-- SPDX-License-Identifier: BSD-2-Clause
-- Check the given files. Those that cannot be used are left out with a warning, so that a bad extra
-- file does not stop a boot; a boot configuration under another name is found.

local loader = ...

-- What a file of this extension must be to be of any use. Archives have been opened before, if they could be.
local kinds = { wim = "wim", swm = "wim", sdi = "sdi", iso = "iso", stl = "signed", p7b = "signed",
    cpio = "archive" }

-- Where this firmware's boot manager reads its boot configuration; a file given with such a path is meant for it.
local own_stores = boot.firmware == "efi" and { "efi\\boot\\bcd", "efi\\microsoft\\boot\\bcd" } or { "boot\\bcd" }

-- What could have been, or brought, the WIM that boots.
local boots = { wim = true, iso = true, archive = true }

local function leave_out(name, problem)
    log.warn(("%s. It is left out"):format(problem))
    files[name] = nil
end

-- Looking into thousands of files would cost time: with a BCD, only a name like it is of interest.
local function is_store(file)
    return (not files.BCD or file.name:lower():find("bcd", 1, true)) and loader.is_hive(file)
        and (pcall(bcd.open, file))
end

-- The store is the file named BCD. Without one, the only store among the others is meant.
local function find_store(unused)
    local found, names = {}, {}
    for name, file in pairs(files) do
        if file.name:lower() ~= "bcd" and is_store(file) then
            found[#found + 1], names[#names + 1] = file, name
        end
    end
    if #found == 1 and not files.BCD then
        loader.say(("%s is a boot configuration: used as BCD"):format(names[1]))
        files[names[1]] = nil
        files.BCD = found[1]
        return
    end
    for i, file in ipairs(found) do
        unused[file.name:lower()] = true
        log.warn(("%s is a boot configuration that is not used: %s"):format(names[i], files.BCD and "BCD is" or
            "there are several, and none is named BCD"))
    end
end

-- Several files are named BCD, as on media for both firmwares: the one for this firmware is to be files.BCD, the first
-- of that name.
local function order_stores()
    local names, own = {}, nil
    for name, file in pairs(files) do
        if file.name:lower() == "bcd" then
            names[#names + 1] = name
        end
    end
    if #names < 2 then
        return
    end
    for _, path in ipairs(own_stores) do
        own = own or files[path]
    end
    for _, name in ipairs(names) do
        local other = files[name]
        if own and other ~= own then
            loader.put_last(other)
        end
    end
    loader.say(("boot configurations: %s; %s is used"):format(table.concat(names, ", "), files.BCD.path or "BCD"))
end

-- "wim"; of more.cpio.gz, that of more.cpio. What other fonts than a boot manager's are like is Windows' business.
local function kind_of(file)
    local name = file.name:lower()
    return kinds[name:match("%.(%w+)$")] or name:find("%.cpio%.%w+$") and "archive"
        or name:find("_boot%.ttf$") and "font"
end

local function check_name(name)
    return loader.check_path(name) or name:find("[. ]%f[\\\0]")
        and name .. ": Windows does not allow a name that ends with a dot or a space"
end

-- A bad boot.wim stops the boot, because it was meant to boot; another bad WIM need not matter. A WIM boots under any
-- name.
local function check_content(name, file, kind)
    local problem = kind and not (kind == "iso" and loader.is_wim(file)) and loader.check_content(file, kind)
    if problem and file.name:lower() == "boot.wim" then
        error(problem, 0)
    elseif problem then
        leave_out(name, problem)
    end
    return problem
end

-- Look through the given files. Returns a set of the names, in lower case, of stores that are not used.
return function()
    local unused, bad, has_wim = {}, nil, false
    order_stores()
    find_store(unused)
    for name, file in pairs(files) do
        local problem = check_name(name)
        if problem then
            leave_out(name, problem)
        else
            local kind = kind_of(file)
            problem = check_content(name, file, kind)
            bad = boots[kind] and problem or bad
            has_wim = has_wim or not problem and loader.is_wim(file)
        end
    end
    if bad and not has_wim then
        error(bad, 0)
    end
    return unused
end
