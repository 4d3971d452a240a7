-- SPDX-License-Identifier: BSD-2-Clause
-- The preview's report, made in the same interpreter and through the same API as the site's script.
-- report.c runs this file and calls before() when the API is there and nothing has run yet, after()
-- when the pipeline is complete. What after() returns is printed: text, or JSON fields.

local preview = ...  -- from report.c: json, colour, trace, content_of(file)

local given = {}     -- the files as they were given: { name, size, content }
local originals = {} -- the same by lower-case name, as file objects
local hooks = {}     -- what --trace-lua saw: { hook, argument, result }

local function paint(code, text)
  return preview.colour and "\27[" .. code .. "m" .. text .. "\27[0m" or text
end

local function size_of(bytes)
  for _, unit in ipairs { { "GB", 1000000000 }, { "MB", 1000000 }, { "kB", 1000 } } do
    if bytes >= unit[2] * 10 then
      return string.format("%.1f %s", bytes / unit[2], unit[1])
    end
  end
  return bytes .. " bytes"
end

-- A value as text for a trace.
local function show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and string.format("%q", value) or tostring(value)
  end
  local parts = {}
  for index, item in ipairs(value) do
    parts[index] = show(item)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- Called by the pipeline for each hook that it runs (report.c passes it on).
local function trace(hook, argument, result)
  local line = string.format("on.%s(%s) -> %s", hook, tostring(argument), show(result))
  hooks[#hooks + 1] = line
  if preview.trace and not preview.json then
    print(paint("36", line))
  end
end

local function before()
  for name, file in pairs(files) do
    given[#given + 1] = { name = name, size = file.size, content = preview.content_of(file) }
    originals[name:lower()] = file
  end
end

-- Every file of an image as path -> { size, sha1 }, by walking it.
local function walk(archive, index)
  local found, folders = {}, { "\\" }
  while #folders > 0 do
    local folder = table.remove(folders)
    for name, attributes, size, sha1 in archive:list(folder, index) do
      local path = folder .. name
      if attributes & 0x10 ~= 0 and attributes & 0x400 == 0 then
        folders[#folders + 1] = path .. "\\"
      else
        found[path] = { size = size, sha1 = sha1 }
      end
    end
  end
  return found
end

-- What differs between the image that boots and the same image as it was given.
local function changes_of(original, patched)
  local changes = {}
  local index = patched.boot_index
  if index == 0 then
    return changes
  end
  local old, new = walk(original, index), walk(patched, index)
  for path, file in pairs(new) do
    if old[path] == nil then
      changes[#changes + 1] = { path = path, change = "injected", size = file.size }
    elseif old[path].sha1 ~= file.sha1 then
      changes[#changes + 1] = { path = path, change = "replaced", size = file.size }
    end
  end
  for path, file in pairs(old) do
    if new[path] == nil then
      changes[#changes + 1] = { path = path, change = "removed", size = file.size }
    end
  end
  table.sort(changes, function(a, b) return a.path < b.path end)
  return changes
end

-- Where something of the ISO or volume that boots is in it; nil if it is not from there.
local function path_in_source(file, volume)
  local prefix = volume.name .. ": "
  local origin = preview.origin_of(file) or ""
  return origin:sub(1, #prefix) == prefix and origin:sub(#prefix + 1) or nil
end

-- A WIM as it was before anything changed it: the given one, or that of the ISO or volume; else nil.
local function original_of(name, file)
  local given_one = originals[name:lower()]
  if given_one or not boot.source then
    return given_one
  end
  local volume = iso.open(boot.source)
  local path = path_in_source(file, volume)
  return path and volume:find(path)
end

-- Add to `result` what is in a WIM; raises what cannot be read.
local function look_into_wim(result, file)
  local patched = wim.open(file)
  result.compression, result.boot_index = patched.compression, patched.boot_index
  for index, image in ipairs(patched.images) do
    result.images[index] = {
      index = index,
      name = image.name,
      arch = image.arch,
      version = image.version,
      boots = index == patched.boot_index,
    }
  end
  local original = original_of(result.name, file)
  if original and original ~= file then
    result.changes = changes_of(wim.open(original), patched)
  end
end

-- What does not boot may be unreadable, and still be on the disk.
local function describe_wim(name, file)
  local result = { name = name, images = {}, changes = {} }
  local readable, problem = pcall(look_into_wim, result, file)
  if not readable then
    result.problem = tostring(problem):gsub("^report%.lua:%d+: ", ""):gsub("^wim%.open: ", "")
  end
  return result
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    lines[#lines + 1] = line
  end
  while lines[#lines] == "" do
    lines[#lines] = nil
  end
  return lines
end

-- Where an ISO or volume has it.
local STORES = { bios = { "\\Boot\\BCD" }, efi = { "\\EFI\\Microsoft\\Boot\\BCD", "\\Boot\\BCD" } }

-- The store as it was before anything changed it: the given one, or else that of the ISO or volume, or of a WIM.
local function original_store(order)
  if originals.bcd then
    return originals.bcd
  end
  local volume = boot.source and iso.open(boot.source)
  for _, path in ipairs(volume and STORES[boot.firmware] or {}) do
    local readable, file = pcall(volume.find, volume, path)
    if readable and file then
      return file
    end
  end
  local path = "\\Windows\\Boot\\DVD\\" .. (boot.firmware == "bios" and "PCAT" or "EFI") .. "\\BCD"
  for _, known in ipairs(order) do
    local readable, file = pcall(function()
      local original = preview.content_of(known.file) == "a WIM" and original_of(known.name, known.file)
      return original and wim.open(original):find(path, math.max(1, wim.open(known.file).boot_index))
    end)
    if readable and file then
      return file
    end
  end
end

-- The dump of the store on the disk; lines that the original one does not have are marked.
local function describe_bcd(file, original)
  local dump = lines_of(bcd.open(file):dump())
  local known = {}
  if original then
    local opened, store = pcall(bcd.open, original)
    for _, line in ipairs(opened and lines_of(store:dump()) or {}) do
      known[line] = true
    end
  end
  local result = {}
  for index, line in ipairs(dump) do
    result[index] = { text = line, changed = original ~= nil and not known[line] }
  end
  return result
end

-- The files of the disk, each once with all its paths; and the store and the WIMs among them.
local function describe_disk()
  local entries, by_file, order = {}, {}, {}
  for path, file in disk:list() do
    if file then
      entries[#entries + 1] = { path = path, size = file.size }
      local known = by_file[file]
      if not known then
        known = { name = file.name, file = file, size = file.size, paths = {} }
        by_file[file] = known
        order[#order + 1] = known
      end
      known.paths[#known.paths + 1] = path
    end
  end
  return entries, order
end

-- What the store needs on the disk, and whether it is there.
local function describe_references(file)
  local result = {}
  for index, reference in ipairs(bcd.open(file):references(boot.firmware)) do
    result[index] = {
      kind = reference.kind,
      path = reference.path,
      place = reference.place,
      element = reference.element,
      object = reference.object,
      found = reference.kind ~= "application-in-wim" and disk:find(reference.path) ~= nil,
    }
  end
  return result
end

-- What was taken from an ISO or a volume, and where in the ISO it is.
local function describe_source(order)
  local source = boot.source
  if not source then
    return nil, 0
  end
  local volume = iso.open(source)
  local is_file = volume ~= source
  local result = { name = volume.name, kind = volume.kind, label = volume.label, device = volume.device, files = {} }
  local unused = is_file and source.size or 0 -- bytes of the ISO
  for _, known in ipairs(order) do
    local path = path_in_source(known.file, volume)
    if path then
      local file = volume:find(path)
      unused = math.max(0, unused - file.size)
      result.files[#result.files + 1] = { path = path, size = file.size,
        places = is_file and preview.places_in(file, source) or {} }
    end
  end
  return result, unused
end

-- ---- --verify ---------------------------------------------------------------------------------------

-- The integrity table of a WIM: SHA-1s of pieces, from the end of the header to that of the lookup table.
local function check_integrity(file)
  local header = file:read(0, 208)
  local size_and_flags, offset = string.unpack("<I8I8", header, 125)
  local size = size_and_flags & 0x00FFFFFFFFFFFFFF
  if size < 12 or offset > file.size or size > file.size - offset then
    return
  end
  local lookup_size, lookup_offset = string.unpack("<I8I8", header, 49)
  local last = lookup_offset + (lookup_size & 0x00FFFFFFFFFFFFFF)
  local count, piece = string.unpack("<I4I4", file:read(offset + 4, 8))
  for number = 0, math.min(count, (size - 12) // 20) - 1 do
    local from = 208 + number * piece
    local wanted = file:read(offset + 12 + number * 20, 20):gsub(".", function(byte)
      return ("%02x"):format(byte:byte())
    end)
    if from > last or file:slice(from, math.min(piece, last - from)):hash("sha1") ~= wanted then
      error(("the bytes from 0x%x to 0x%x do not match the WIM's integrity table"):format(from,
        math.min(from + piece, last)), 0)
    end
  end
end

local function read_all(file, is_wim)
  file:hash("xxh3") -- the cheapest way to read every byte
  if is_wim then
    local archive = wim.open(file)
    for index in ipairs(archive.images) do
      archive:verify(index)
    end
    check_integrity(file)
  end
end

-- Read each file of the disk once; returns what is damaged.
local function verify_all(order)
  local damage = {}
  for _, known in ipairs(order) do
    local original = originals[known.name:lower()]
    local is_wim = preview.content_of(known.file) == "a WIM"
    local sound, problem = pcall(read_all, known.file, is_wim)
    if sound and original and original ~= known.file and is_wim then
      sound, problem = pcall(check_integrity, original) -- the changed one has none
    end
    if not sound then
      problem = tostring(problem):gsub("^report%.lua:%d+: ", ""):gsub("^wim[:.]%w+: ", "")
      damage[#damage + 1] = problem:find(known.name, 1, true) and problem or known.name .. ": " .. problem
    end
  end
  return damage
end

local function boot_path_of_bcd()
  if boot.firmware == "bios" then
    return "\\Boot\\BCD"
  end
  return disk:find("\\EFI\\Boot\\BCD") and "\\EFI\\Boot\\BCD" or "\\EFI\\Microsoft\\Boot\\BCD"
end

local function describe()
  local entries, order = describe_disk()
  local report = { files = given, hooks = hooks, disk = entries, wims = {}, bcd = {}, references = {},
    ramdisk = 0, verdict = boot.verdict or {} }
  for _, known in ipairs(order) do
    if preview.content_of(known.file) == "a WIM" then
      report.wims[#report.wims + 1] = describe_wim(known.name, known.file)
      report.ramdisk = math.max(report.ramdisk, known.size)
    end
  end
  local store = disk:find(boot_path_of_bcd())
  if store then
    local opened, dump = pcall(describe_bcd, store, original_store(order))
    report.bcd = opened and dump or {}
    report.references = opened and describe_references(store) or {}
  end
  report.source, report.unused = describe_source(order)
  report.damage = preview.verify and verify_all(order) or {}
  report.order = order
  return report
end

-- "at 0x8000" or, in several pieces, "in 3 pieces, at 0x8000, 0x20000, 0x40000".
local function show_places(places)
  local offsets = {}
  for index = 1, math.min(#places, 4) do
    offsets[index] = string.format("0x%x", places[index].offset)
  end
  if #places == 0 then
    return ""
  end
  return (#places == 1 and "  at " or string.format("  in %d pieces, at ", #places)) .. table.concat(offsets, ", ")
    .. (#places > 4 and " …" or "")
end

local function text_of(report)
  local out = {}
  local function say(format, ...)
    out[#out + 1] = string.format(format, ...)
  end
  say("%s", paint("1", "Files given"))
  for _, file in ipairs(report.files) do
    say("  %-24s %10s  %s", file.name, size_of(file.size), file.content)
  end
  if report.source then
    local source = report.source
    say("%s", paint("1", "From " .. (source.device or source.name) .. " (" .. source.kind .. ")"))
    for _, file in ipairs(source.files) do
      say("  %-40s %10s%s", file.path, size_of(file.size), show_places(file.places))
    end
  end
  for _, archive in ipairs(report.wims) do
    local kind = archive.compression and " (" .. archive.compression .. ")" or ""
    say("%s", paint("1", "Images of " .. archive.name .. kind))
    if archive.problem then
      say("%s %s", paint("31", "!"), archive.problem)
    end
    for _, image in ipairs(archive.images) do
      say("  %s %d  %s  %s %s", image.boots and "*" or " ", image.index, image.name, image.arch, image.version)
    end
    for _, change in ipairs(archive.changes) do
      say("  %s", paint("33", string.format("%-8s %s (%s)", change.change, change.path, size_of(change.size))))
    end
  end
  say("%s", paint("1", "Boot configuration"))
  for _, line in ipairs(report.bcd) do
    say("%s %s", line.changed and paint("33", "+") or " ", line.text)
  end
  for _, reference in ipairs(report.references) do
    if reference.kind ~= "application-in-wim" then
      say("%s %s %s (%s)", reference.found and " " or paint("31", "!"), reference.path,
        reference.found and "is on the disk" or "is NOT on the disk", reference.element)
    end
  end
  say("%s", paint("1", "Virtual disk"))
  for _, known in ipairs(report.order) do
    say("  %-24s %10s  %d %s, first %s", known.name, size_of(known.size), #known.paths,
      #known.paths == 1 and "path" or "paths", known.paths[1])
  end
  for _, problem in ipairs(report.damage) do
    say("%s %s", paint("31", "!"), problem)
  end
  return table.concat(out, "\n") .. "\n"
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function json_string(text)
  return '"' .. text:gsub('[%c"\\]', function(character)
    return escapes[character] or string.format("\\u%04x", character:byte())
  end) .. '"'
end

-- A table as JSON: a list if it has a first element or nothing at all, else an object.
local function json_of(value)
  if type(value) == "string" then
    return json_string(value)
  elseif type(value) ~= "table" then
    return tostring(value)
  end
  local parts = {}
  if value[1] ~= nil or next(value) == nil then
    for index, item in ipairs(value) do
      parts[index] = json_of(item)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do
    parts[#parts + 1] = json_string(key) .. ":" .. json_of(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

-- Bytes that Windows copies for its RAM disk, the WIM that boots; bytes of an ISO that nothing is taken from.
local module = { ramdisk = 0, unused = 0 }

function module.after()
  local report = describe()
  module.ramdisk, module.unused = report.ramdisk, report.unused
  module.damage = report.damage[1]
  if not preview.json then
    return text_of(report)
  end
  report.order, report.unused = nil, nil
  return (json_of(report):sub(2, -2))
end

-- Only what is known without the pipeline: for the report of a boot that would fail.
local function failed()
  return preview.json and '"files":' .. json_of(given) or ""
end

module.before, module.trace, module.failed = before, trace, failed
return module
