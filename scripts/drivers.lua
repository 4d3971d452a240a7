-- SPDX-License-Identifier: BSD-2-Clause
-- drivers.match() and drivers.inject(): the driver packages that are for this machine's devices, and their way
-- into an image. What INF files say is read by loader/drivers; here is where packages come from and go to.

local loader = ...

local NEWEST = "65535.0" -- no section of an INF is for a newer Windows

---- where packages come from ---------------------------------------------------------------------

-- The folder of a path, with '\' at its end; "" if it has none.
local function folder_of(path)
    return path:match("^.*[\\/]") or ""
end

local function is_inf(name)
    return name:lower():find("%.inf$")
end

-- Among the given files. A package's files are beside its INF; or without folders, as iPXE gives them.
local function given_files()
    local source = { files = {}, paths = {}, folders = {} }
    local all = {}
    for name, file in pairs(files) do
        all[name:lower()] = file
        if is_inf(name) then
            source.files[#source.files + 1], source.paths[#source.paths + 1] = file, name
            source.folders[folder_of(name):lower()] = true
        end
    end
    source.open = function(path)
        return all[path:lower()] or all[path:match("[^\\/]*$"):lower()]
    end
    return source
end

-- Packages go into the image by drivers.inject() alone: all files that are in a folder with an INF, or under one.
local function take_out(source)
    local function is_of_package(name)
        local folder = folder_of(name):lower()
        while folder ~= "" do
            if source.folders[folder] then
                return true
            end
            folder = folder:sub(1, -2):match("^.*\\") or ""
        end
        return source.folders[""] and not name:find("\\") and (is_inf(name) or name:lower():find("%.cat$")
            or name:lower():find("%.sys$"))
    end
    for name in pairs(files) do
        if is_of_package(name) then
            files[name] = nil
        end
    end
end

-- In a folder of a WIM, and the folders in it.
local function wim_files(given)
    local source = { files = {}, paths = {} }
    local w, root, image = given.wim, (given.path or ""):gsub("[\\/]+$", "") .. "\\", given.image
    local function add(folder)
        local folders = {}
        for name, attributes in w:list(root .. folder, image) do
            if attributes & 0x10 ~= 0 then
                folders[#folders + 1] = folder .. name .. "\\"
            elseif is_inf(name) and not given.index then
                source.files[#source.files + 1] = w:find(root .. folder .. name, image)
                source.paths[#source.paths + 1] = folder .. name
            end
        end
        for _, inner in ipairs(folders) do
            add(inner)
        end
    end
    if not given.index then
        add("")
    end
    source.open = function(path)
        return w:find(root .. path, image)
    end
    return source
end

local function fetched_files(given)
    local url = given.url:gsub("/*$", "/")
    return { open = function(path)
        return fetch { url .. path:gsub("\\", "/"):gsub("%%", "%%25"):gsub("#", "%%23"), optional = true }
    end }
end

-- What is wrong with a source, or nil.
local function check_source(given)
    if type(given) ~= "table" then
        return "the source is files, or a table with wim and path, or with index and url"
    end
    for key in pairs(given) do
        if not ({ wim = true, path = true, image = true, index = true, url = true })[key] then
            return ("unknown key '%s' (known: wim, path, image, index, url)"):format(tostring(key))
        end
    end
    if not given.wim and not given.index then
        return "neither wim nor index is given"
    end
    return given.url and not fetch and "url: files cannot be fetched in BIOS"
end

local function find_source(given)
    if given == files then
        return given_files()
    end
    local source
    if given.wim then
        source = wim_files(given)
    elseif given.url then
        source = fetched_files(given)
    else
        source = given_files()
    end
    source.index = given.index
    return source
end

---- what is best ---------------------------------------------------------------------------------

-- The Windows that drivers are for: as the image says, or else as the firmware starts it.
local function find_target(w, index)
    local facts = w and w.images[index or (w.boot_index > 0 and w.boot_index or 1)] or {}
    local arch = facts.arch or ""
    local version = facts.version or ""
    if arch == "" then
        arch = boot.firmware == "bios" and "x86_64" or boot.arch
    end
    return arch, version:find("^%d+%.%d+%.[1-9]") and version or NEWEST
end

-- As Windows chooses: by rank, then the newer date, then the higher version.
local function is_better(package, match, other, other_match)
    if match.rank ~= other_match.rank then
        return match.rank < other_match.rank
    elseif package.date ~= other.date then
        return package.date > other.date
    end
    return math.ult(other.order, package.order)
end

local function choose_best(packages)
    local best, matches = {}, {} -- by the number of the device
    for _, package in ipairs(packages) do
        for _, match in ipairs(package.matches) do
            local number = match.device
            if not best[number] or is_better(package, match, best[number], matches[number]) then
                best[number], matches[number] = package, match
            end
        end
    end
    local chosen, seen = {}, {}
    for number, device in ipairs(boot.pci) do
        local package = best[number]
        if package then
            if not seen[package] then
                seen[package] = true
                chosen[#chosen + 1] = package
                package.name, package.devices = matches[number].description, {}
            end
            package.devices[#package.devices + 1] = device
        end
    end
    return chosen
end

local drivers = {}

function drivers.match(given, w, index)
    local problem = given ~= files and check_source(given)
    if problem then
        error("drivers.match: " .. problem, 2)
    end
    local source = find_source(given)
    local arch, version = find_target(w, index)
    local found
    if source.index then
        found = loader.search_driver_index(arch, version, source.index)
    else
        found = loader.search_drivers(arch, version, source.files, source.paths)
    end
    local chosen = choose_best(found)
    for _, package in ipairs(chosen) do
        local folder = folder_of(package.inf)
        package.open = function(path)
            return source.open(folder .. path)
        end
        package.matches, package.order = nil, nil
    end
    if source.folders then
        take_out(source)
    end
    return chosen
end

---- into the image -------------------------------------------------------------------------------

local SYSTEM = "Windows\\System32\\"
local COMMANDS = "wimboot_drivers.cmd" -- loads them
local RUN = "%SYSTEMROOT%\\System32\\" .. COMMANDS

-- A name that needs no quotes in a batch file.
local function plain(name)
    return (name:gsub("[^%w._-]", "_"))
end

local function add_files(w, package, taken, index)
    local inf = package.inf:match("[^\\/]*$")
    local base = plain(inf:gsub("%.%w+$", ""))
    local folder, number = base, 1
    while taken[folder:lower()] do
        number = number + 1
        folder = base .. "_" .. number
    end
    taken[folder:lower()] = true
    folder = "\\Drivers\\" .. folder .. "\\"
    local missing = {}
    for position = 0, #package.files do
        local path = position == 0 and inf or package.files[position]
        local file = package.open(path)
        if file then
            w:inject(folder .. (position == 0 and plain(inf) or path), file, index)
        else
            missing[#missing + 1] = path
        end
    end
    if #missing > 0 then
        log.warn(("drivers: %s needs files that are not beside it: %s"):format(package.inf,
            table.concat(missing, ", ", 1, math.min(#missing, 4))))
    end
    return folder .. plain(inf)
end

-- A file of System32 as it will be: given, or in the image. And how to replace it.
local function startup_file(w, name, index)
    for _, key in ipairs { name, SYSTEM .. name } do
        if files[key] then
            return loader.text(files[key]), function(text) files[key] = text end
        end
    end
    local file = w:find("\\" .. SYSTEM .. name, index)
    return file and loader.text(file), function(text) w:inject("\\" .. SYSTEM .. name, text, index) end
end

-- winpeshl.ini starts its programs one after the other, each when the last has ended.
local function change_list(text)
    local ours = "%SYSTEMROOT%\\System32\\cmd.exe, /c " .. RUN .. "\r\n"
    local lines, changed, app = {}, false, nil
    for line in text:gmatch("[^\r\n]+") do
        lines[#lines + 1] = line .. "\r\n"
        if not changed and line:lower():find("^%s*%[launchapps%]") then
            lines[#lines + 1], changed = ours, true
        end
        app = app or line:match("^%s*[Aa][Pp][Pp][Pp][Aa][Tt][Hh]%s*=%s*(.-)%s*$")
    end
    if changed then
        return table.concat(lines)
    end
    return app and ("[LaunchApps]\r\n%s%s\r\n"):format(ours, app)
end

-- In front of what the image starts (winpeshl.exe: winpeshl.ini, else Setup, else startnet.cmd).
local function run_first(w, index)
    local list, replace_list = startup_file(w, "winpeshl.ini", index)
    local changed = list and change_list(list)
    if changed then
        replace_list(changed)
        return
    end
    for _, setup in ipairs { "setup.exe", "sources\\setup.exe" } do
        if w:find("\\" .. setup, index) then
            replace_list(change_list("[LaunchApps]\r\n%SYSTEMDRIVE%\\" .. setup .. "\r\n"))
            return
        end
    end
    local commands, replace_commands = startup_file(w, "startnet.cmd", index)
    replace_commands(("@call %s\r\n%s"):format(RUN, commands or "wpeinit\r\n"))
end

function drivers.inject(w, matches, index)
    if type(matches) ~= "table" then
        error("drivers.inject: the second argument is what drivers.match() returned", 2)
    elseif #matches == 0 then
        return
    end
    local lines, taken = {}, {}
    local earlier = w:find("\\" .. SYSTEM .. COMMANDS, index)
    lines[1] = earlier and earlier:read() or "@echo off\r\n"
    for folder in lines[1]:gmatch("\\Drivers\\([^\\]+)\\") do
        taken[folder:lower()] = true
    end
    for _, package in ipairs(matches) do
        lines[#lines + 1] = ("drvload %%SYSTEMDRIVE%%%s\r\n"):format(add_files(w, package, taken, index))
        print(("driver: %s: %s %s"):format(package.name, package.inf, package.version))
    end
    w:inject("\\" .. SYSTEM .. COMMANDS, table.concat(lines), index)
    if not earlier then
        run_first(w, index)
    end
end

return drivers
