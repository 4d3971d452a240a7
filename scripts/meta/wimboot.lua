-- SPDX-License-Identifier: BSD-2-Clause
---@meta
-- What a script for wimboot can use, for editors with the Lua language server: put this file into a
-- folder of your workspace, or name it in "workspace.library". Nothing here is executed. What
-- everything means is in docs/script.md.

---A file: a name and bytes. It never changes.
---@class wimboot.file
---@field name string
---@field path string? the path it was given by, if that had directories
---@field size integer bytes
local f = {}

---@param offset? integer bytes; 0 without it
---@param length? integer bytes; to the end without it
---@return string
function f:read(offset, length) end

---@param algorithm "xxh3"|"xxh64"|"sha1"|"sha256"|"crc32"
---@return string digest in hexadecimal
function f:hash(algorithm) end

---@param offset integer
---@param length integer
---@return wimboot.file
function f:slice(offset, length) end

---@param offset integer
---@param data string|wimboot.file
---@return wimboot.file
function f:patch(offset, data) end

file = {}

---@param name string
---@param ... string|wimboot.file
---@return wimboot.file
function file.new(name, ...) end

---An opened ISO, or a volume that the firmware has mounted.
---@class wimboot.volume
---@field name string
---@field label string
---@field kind string "UDF", "ISO 9660" …
---@field device string? the firmware's device path, of a mounted one
---@field remote boolean whether it is read over the network
---@field own boolean whether it is on the device that the loader came from
local volume = {}

---@param path string
---@return wimboot.file?
function volume:find(path) end

---@param path string
---@return fun(): string, wimboot.file|false
function volume:list(path) end

iso = {}

---@param f wimboot.file
---@return wimboot.volume
function iso.open(f) end

---The volumes that the firmware has mounted.
---@type wimboot.volume[]
volumes = {}

---The files that the loader was given, by name.
---@type table<string, wimboot.file|string|nil>
files = {}

---@class wimboot.fetch_options
---@field [1] string the URL
---@field sha256? string in hexadecimal digits, as other digests' fields
---@field xxh3? string
---@field timeout? number seconds without a byte; 30
---@field optional? boolean nil instead of an error where the server has no such file
---@field lazy? boolean bytes come when they are read

---Fetch a file from a server. In BIOS, `fetch` is false.
---@overload fun(options: wimboot.fetch_options): wimboot.file?
---@param url string relative to boot.url
---@return wimboot.file
function fetch(url) end

---Datagrams. In BIOS, `net` is false.
---@class wimboot.net
net = {}

---Send a datagram, and wait for the server's first answer.
---@param server string its address
---@param port integer
---@param bytes string at most 1472
---@param timeout? number seconds, at most 60; 5
---@param local_port? integer to send from
---@return string? answer nil if none came in time
function net.udp(server, port, bytes, timeout, local_port) end

---What `require "wds"` returns: Windows Deployment Services.
---@class wimboot.wds

---@class wimboot.wds.query
---@field server? string its address; without it, the one that the loader came from
---@field port? integer 4011
---@field local_port? integer 68

---@class wimboot.wds.answer
---@field server string the address that has the files
---@field bcd string? the path of the BCD for this machine
---@field file string? the boot program
---@field message string?
---@field id integer the number of the request
---@field options table<integer, string> DHCP options

local wds = {}

---Ask a server, and wait for its decision.
---@param query? string|wimboot.wds.query
---@return wimboot.wds.answer? answer nil if the user gave up
function wds.ask(query) end

---The same, and fetch what the server decided.
---@param query? string|wimboot.wds.query
---@return wimboot.wds.answer?
function wds.boot(query) end

---@class wimboot.smbios
---@field manufacturer string?
---@field product string?
---@field version string?
---@field serial string?
---@field uuid string?
---@field sku string?
---@field family string?
---@field asset_tag string?
---@field bios_vendor string?
---@field bios_version string?
---@field bios_date string?
---@field board string?

---@class wimboot.network
---@field address string?
---@field mask string?
---@field gateway string?
---@field dns string[]
---@field server string? the one with the boot file
---@field hostname string?
---@field dhcp table<integer, string> the bytes of options

---@class wimboot.pci_device
---@field vendor integer
---@field device integer
---@field subsystem_vendor integer
---@field subsystem integer
---@field class integer class, subclass and interface: 0x020000
---@field revision integer
---@field id string

---What the processor can do; nil if it does not say.
---@class wimboot.processor
---@field name string
---@field lm boolean 64-bit mode
---@field pae boolean
---@field nx boolean
---@field cx16 boolean
---@field lahf_lm boolean
---@field prefetchw boolean
---@field sse4_2 boolean
---@field popcnt boolean

---Something that may fail after the hand-over.
---@class wimboot.finding
---@field about "processor"|"memory"|"manager"|"entry"
---@field text string
---@field fatal boolean it certainly fails, and the boot ends

---@class wimboot.trust
---@field keys string[] names of the certificates in db
---@field mok string[] names of the certificates in shim's list
---@field version string? the security version that dbx asks of Windows' boot manager
---@field judge fun(file: wimboot.file): wimboot.verdict

---@class wimboot.verdict
---@field result "trusted"|"unsigned"|"key missing"|"changed"|"hash revoked"|"key revoked"|"version revoked"|"unknown"
---@field text string
---@field key string?
---@field version string?

---@class wimboot.boot
---@field args table<string|integer, string|boolean>
---@field index integer?
---@field gui boolean
---@field pause boolean|"quiet"
---@field quiet boolean
---@field rawbcd boolean
---@field rawwim boolean
---@field log boolean? whether what was said goes into the image; nil: unless memory is short
---@field slim boolean the WIM on the disk has the image that boots alone
---@field linear boolean
---@field noscreen boolean
---@field noserial boolean
---@field required boolean
---@field check boolean|"all"
---@field verdict wimboot.finding[]|"on"|"off"|nil
---@field manager wimboot.file?
---@field source wimboot.file|wimboot.volume|false? the ISO or volume that boot files are taken from
---@field firmware "bios"|"efi"
---@field url string? where the loader came from
---@field network wimboot.network? what the DHCP server told this machine
---@field arch "i386"|"x86_64"|"arm64"
---@field secure_boot boolean
---@field script_signed boolean whether Secure Boot trusts the signature of the script
---@field trust wimboot.trust what Secure Boot trusts
---@field memory integer bytes that are installed
---@field usable_memory integer bytes that the firmware leaves for use
---@field processor wimboot.processor?
---@field smbios wimboot.smbios
---@field mac string[]
---@field pci wimboot.pci_device[]
---@field version string
---@field api integer
boot = {}

---The machine's facts, as `wimboot-preview --machine` reads them.
---@return string
function boot:dump() end

---Back to the firmware's next boot option, or to iPXE.
function boot.exit() end

---Restart the machine.
function boot.reboot() end

---Switch the machine off.
function boot.poweroff() end

---@class wimboot.image
---@field name string
---@field description string
---@field arch string
---@field version string
---@field edition string
---@field files integer
---@field bytes integer

---@class wimboot.wim
---@field images wimboot.image[]
---@field boot_index integer 0: none is marked
---@field slim boolean file() has the image that boots alone
---@field compression "none"|"xpress"|"lzx"|"lzms"
---@field chunk_size integer bytes
---@field parts wimboot.file[]
local w = {}

---@param path string
---@param index? integer
---@return wimboot.file?
function w:find(path, index) end

---@param path string
---@param index? integer
---@return fun(): string?, integer?, integer?, string? iterator over name, attributes, size, sha1
function w:list(path, index) end

---@param path string
---@param data string|wimboot.file
---@param index? integer
function w:inject(path, data, index) end

---Files that were given, by a pattern of their paths or by a list; they are taken out of `files`.
---@param directory string
---@param what string|(string|wimboot.file)[]
---@param index? integer
---@return integer count
function w:inject_all(directory, what, index) end

---@param path string
---@param index? integer
function w:remove(path, index) end

---@param path string
---@param index? integer
---@return wimboot.registry
function w:registry(path, index) end

--- Check an image against its SHA-1s.
---@param index integer?
function w:verify(index) end

---@return wimboot.file
function w:file() end

wim = {}

---@param f wimboot.file
---@param ... wimboot.file further parts of a split WIM
---@return wimboot.wim
function wim.open(f, ...) end

---A key of a registry hive; its fields are its values. nil removes one.
---@class wimboot.registry_key
---@field [string] integer|string|string[]|nil

---A registry hive; its fields are its keys, by their paths.
---@class wimboot.registry
---@field [string] wimboot.registry_key
local reg = {}

---@param path? string
---@return string[]? names of subkeys; nil: there is no such key
function reg:keys(path) end

---@param path? string
---@return fun(): string?, integer|string|string[]|nil, string|integer|nil iterator over name, value, type
function reg:values(path) end

---@param path string
---@param name string
---@return integer|string|string[]|nil value
---@return string|integer|nil type
function reg:get(path, name) end

---@param path string
---@param name string
---@param value integer|string|string[]|nil
---@param type? string|integer
function reg:set(path, name, value, type) end

---@param path string
---@return boolean there_was_one
function reg:delete(path) end

---@param data string|wimboot.file a .reg file
---@param mount? string where the file has this hive, if not where Windows has it
---@return integer keys
function reg:import(data, mount) end

---@return wimboot.file
function reg:file() end

registry = {}

---@param f wimboot.file
---@param ... wimboot.file its logs
---@return wimboot.registry
function registry.open(f, ...) end

---An object of a boot configuration; its fields are bcdedit's element names.
---@class wimboot.bcd_object
---@field [string] any

---@class wimboot.bcd_reference
---@field kind "wim"|"sdi"|"vhd"|"file"|"application"|"application-in-wim"
---@field path string
---@field object string
---@field element string
---@field description string
---@field place string
---@field other_disk boolean
---@field boots boolean
---@field optional boolean

---@class wimboot.bcd
---@field objects wimboot.bcd_object[]
---@field warning string?
---@field [string] wimboot.bcd_object?
local s = {}

---@param kind string
---@param description? string
---@return wimboot.bcd_object
function s:create(kind, description) end

---@param object wimboot.bcd_object|string
---@param description? string
---@return wimboot.bcd_object
function s:copy(object, description) end

---@param object wimboot.bcd_object|string
function s:delete(object) end

---@param firmware? "bios"|"efi"
---@return integer changed
function s:convert(firmware) end

---@param firmware? "bios"|"efi"
---@return wimboot.bcd_reference[]
function s:references(firmware) end

---@return string
function s:dump() end

---@return wimboot.file
function s:file() end

bcd = {}

---@param f wimboot.file
---@return wimboot.bcd
function bcd.open(f) end

---@return wimboot.bcd
function bcd.new() end

---@class wimboot.winpe_entry
---@field wim string
---@field sdi? string
---@field description? string
---@field options? table

---@class wimboot.winpe: wimboot.winpe_entry
---@field wim? string
---@field timeout? integer
---@field default? integer
---@field locale? string
---@field entries? wimboot.winpe_entry[]
---@field testsigning? boolean
---@field ems? boolean|table
---@field debug? boolean|table

---@param settings wimboot.winpe
---@return wimboot.bcd
function bcd.winpe(settings) end

---@class wimboot.disk
---@field label string
---@field signature integer
disk = {}

---@param path string
---@param data string|wimboot.file
function disk:add(path, data) end

---@param path string
function disk:remove(path) end

---@param path string
---@return wimboot.file?
function disk:find(path) end

---@return fun(): string?, wimboot.file? iterator over path, file
function disk:list() end

---@class wimboot.hooks
---@field files? fun(files: table<string, wimboot.file|string|nil>)
---@field wim? fun(w: wimboot.wim, f: wimboot.file): boolean?
---@field bcd? fun(s: wimboot.bcd): boolean?
---@field map? fun(f: wimboot.file): string|string[]|false|nil
---@field disk? fun(disk: wimboot.disk)
---@field verdict? fun(findings: wimboot.finding[]): boolean?
on = {}

---@param rules string[][] each: pattern, targets
function map(rules) end

---@class wimboot.menu_item
---@field [1] string
---@field [2]? fun(item: wimboot.menu_item)
---@field key? string
---@field index? integer
---@field value? any

---@class wimboot.menu
---@field title? string
---@field timeout? number seconds
---@field default? integer
---@field help? string
---@field [integer] wimboot.menu_item

---@param options wimboot.menu
---@return wimboot.menu_item
function menu(options) end

---A driver package that is for some of the machine's devices.
---@class wimboot.driver
---@field name string of the first of the devices
---@field inf string
---@field class string
---@field provider string
---@field version string
---@field date string as 2018-04-11
---@field devices wimboot.pci_device[]
---@field files string[] paths from the folder of the INF
---@field open fun(path: string): wimboot.file?

---@class wimboot.driver_source
---@field wim? wimboot.wim
---@field path? string
---@field image? integer
---@field index? wimboot.file
---@field url? string

drivers = {}

---@param source wimboot.driver_source|table<string, wimboot.file|string|nil>
---@param w? wimboot.wim
---@param index? integer
---@return wimboot.driver[]
function drivers.match(source, w, index) end

---@param w wimboot.wim
---@param matches wimboot.driver[]
---@param index? integer
function drivers.inject(w, matches, index) end

text = {}

---@param data string|wimboot.file
---@return table<string, table<string|integer, string>> sections, by their names in lower case
function text.ini(data) end

---@class wimboot.csv_options
---@field key? string the column that rows are found by
---@field separator? string one character

---@param data string|wimboot.file
---@param options? wimboot.csv_options
---@return table rows, each a table of fields by the name of the column
function text.csv(data, options) end

---@param data string|wimboot.file
---@return any
function text.json(data) end

---@param data string|wimboot.file
---@return fun(): string? iterator over the lines
function text.lines(data) end

---@param template string|wimboot.file with ${name}
---@param values table<string, string|number|boolean>
---@param kind? "xml"|"plain"
---@return string
function text.fill(template, values, kind) end

---@param manifest table<string, string> name to "algorithm:digest"
function verify(manifest) end

console = {}

function console.print(...) end

---@param text string
function console.write(text) end

function console.clear() end

---@return integer columns
---@return integer rows
function console.size() end

---@param timeout? number seconds; without it, no timeout
---@return string?
function console.key(timeout) end

---@class wimboot.line
---@field prompt? string
---@field default? string for an empty line, and where nobody types in time
---@field timeout? number seconds until the first key
---@field hidden? boolean
---@field pattern? string which all of the line must match

---@param prompt? string|wimboot.line
---@return string? nil after Escape
function console.read_line(prompt) end

---@param label string
---@param done integer
---@param total integer
function console.progress(label, done, total) end

log = {}

function log.info(...) end

function log.warn(...) end

function log.error(...) end

---What was said so far; each line starts with the seconds since the first one.
---@return string
function log.text() end

---@param name string
---@return any
function require(name) end
