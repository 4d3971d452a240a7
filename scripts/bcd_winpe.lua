-- SPDX-License-Identifier: BSD-2-Clause
-- Make a BCD store that boots WIMs as RAM disks. Implements bcd.winpe{}.
--
-- The store is like one that bcdedit makes: an object with the RAM disk's options
-- (boot.sdi), a loader object for each WIM, and {bootmgr} with the menu. No loader has a path:
-- boot managers then choose winload.exe or winload.efi themselves, so one store works in both
-- firmwares.

-- The keys of an entry; in the table itself they apply to all entries.
local ENTRY_KEYS = {
    wim = "string", sdi = "string", description = "string", options = "table",
}
local STORE_KEYS = {
    wim = "string", sdi = "string", description = "string", options = "table",
    timeout = "number", default = "number", locale = "string", entries = "table",
    testsigning = "boolean", ems = "boolean table", debug = "boolean table",
}
local PORT_KEYS = {
    ems = { port = "emsport", baudrate = "emsbaudrate" },
    debug = { type = "debugtype", port = "debugport", baudrate = "baudrate", channel = "channel",
        target = "targetname", bus = "busparams", host_ip = "hostip", host_port = "port",
        key = "key", dhcp = "dhcp" },
}

local function check(settings, known, where)
    for key, value in pairs(settings) do
        local types = known[key]
        if not types then
            local names = {}
            for name in pairs(known) do
                names[#names + 1] = name
            end
            table.sort(names)
            error(string.format("%s: unknown key '%s' (known: %s)", where, tostring(key),
                table.concat(names, ", ")), 0)
        elseif not types:find(type(value), 1, true) then
            error(string.format("%s: %s should be a %s, not a %s", where, key,
                types:gsub(" ", " or a "), type(value)), 0)
        end
    end
end

local function windows_path(path)
    path = path:gsub("/", "\\")
    return path:sub(1, 1) == "\\" and path or "\\" .. path
end

-- An object that entries inherit, with the settings of a port.
local function add_port(store, id, settings, names, where)
    local object = store:create(id)
    for key, value in pairs(settings == true and {} or settings) do
        local element = names[key]
        if not element then
            error(string.format("%s: unknown key '%s'", where, tostring(key)), 0)
        end
        object[element] = value
    end
    return object
end

local function add_ems(store, settings)
    local object = add_port(store, "{emssettings}", settings, PORT_KEYS.ems, "bcd.winpe: ems")
    object.bootems = true
    object.emsport = object.emsport or 1
    object.emsbaudrate = object.emsbaudrate or 115200
end

local function add_debug(store, settings)
    local object = add_port(store, "{dbgsettings}", settings, PORT_KEYS.debug, "bcd.winpe: debug")
    object.debugtype = object.debugtype or "Serial"
    if object.debugtype == 0 then -- serial
        object.debugport = object.debugport or 1
        object.baudrate = object.baudrate or 115200
    end
end

-- The object that says where boot.sdi is: one for each path. It has no description, because boot
-- managers would show that in place of the entry's.
local function ramdisk_options(store, known, path)
    if not known[path] then
        local object = store:create(next(known) == nil and "{ramdiskoptions}" or "device")
        object.ramdisksdidevice = "boot"
        object.ramdisksdipath = path
        known[path] = object
    end
    return known[path]
end

local function add_entry(store, settings, entry, known_options, inherited)
    local wim = windows_path(entry.wim or settings.wim or "\\sources\\boot.wim")
    local sdi = windows_path(entry.sdi or settings.sdi or "\\boot\\boot.sdi")
    local options = ramdisk_options(store, known_options, sdi)
    local object = store:create("osloader",
        entry.description or settings.description or "Windows PE")
    object.device = string.format("ramdisk=[boot]%s,%s", wim, options.id)
    object.osdevice = object.device
    object.systemroot = "\\Windows"
    object.detecthal = true
    object.winpe = true
    object.isolatedcontext = boot.firmware == "efi" or nil -- as on Microsoft's EFI media
    object.locale = settings.locale
    object.testsigning = settings.testsigning or nil
    object.ems = settings.ems and true or nil
    object.debug = settings.debug and true or nil
    if #inherited > 0 then
        object.inherit = inherited
    end
    for _, elements in ipairs { settings.options or {}, entry.options or {} } do
        for name, value in pairs(elements) do
            object[name] = value
        end
    end
    return object
end

return function(settings)
    settings = settings or {}
    if type(settings) ~= "table" then
        error("bcd.winpe: a table of settings is expected, not a " .. type(settings), 0)
    end
    check(settings, STORE_KEYS, "bcd.winpe")
    local entries = settings.entries or { {} }
    local default = settings.default or 1
    if not entries[default] then
        error(string.format("bcd.winpe: default = %s, but there are %d entries", tostring(default),
            #entries), 0)
    end

    local store = bcd.new()
    local bootmgr = store:create("{bootmgr}", "Windows Boot Manager")
    local inherited = {}
    if settings.ems then
        add_ems(store, settings.ems)
        bootmgr.inherit = "{emssettings}" -- the menu is on the serial port too
        inherited[#inherited + 1] = "{emssettings}"
    end
    if settings.debug then
        add_debug(store, settings.debug)
        inherited[#inherited + 1] = "{dbgsettings}"
    end

    local order, known_options = {}, {}
    for i, entry in ipairs(entries) do
        check(entry, ENTRY_KEYS, string.format("bcd.winpe: entry %d", i))
        order[i] = add_entry(store, settings, entry, known_options, inherited)
        if #entries > 1 then
            order[i].bootmenupolicy = "Legacy" -- else Windows 8 and later skip the menu
        end
    end
    bootmgr.displayorder = order
    bootmgr.default = order[default]
    bootmgr.timeout = settings.timeout or 30
    bootmgr.locale = settings.locale
    return store
end
