-- SPDX-License-Identifier: BSD-2-Clause
-- boot:dump(): the machine's facts as the Lua table that `wimboot-preview --machine` reads.

local facts = { "manufacturer", "product", "version", "serial", "uuid", "sku", "family", "asset_tag", "bios_vendor",
    "bios_version", "bios_date", "board" }

local function quoted(text)
    return ("%q"):format(text)
end

-- A word of the command line, in quotes where it has spaces.
local function word(text)
    return text:find("%s") and '"' .. text .. '"' or text
end

-- The processor's features, as the preview's --cpu takes them.
local function cpu()
    local processor, text = boot.processor, "base"
    for _, name in ipairs { "lm", "pae", "nx", "cx16", "lahf_lm", "prefetchw", "sse4_2", "popcnt" } do
        text = processor and processor[name] and ("%s,+%s"):format(text, name) or text
    end
    return processor and ("    cpu = %s,\n"):format(quoted(text)) or ""
end

-- Bytes of DHCP options: only what survives every console as itself.
local function escaped(bytes)
    return '"' .. bytes:gsub("[^%w ./:_-]", function(byte) return ("\\%03d"):format(byte:byte()) end) .. '"'
end

-- The addresses of the answer's header, and the options, which have the rest.
local function network_lines(network)
    local lines, numbers = { "    network = {\n" }, {}
    for _, name in ipairs { "address", "server" } do
        lines[#lines + 1] = network[name] and ("        %s = %s,\n"):format(name, quoted(network[name]))
    end
    for number in pairs(network.dhcp) do
        numbers[#numbers + 1] = number
    end
    table.sort(numbers)
    lines[#lines + 1] = "        dhcp = {\n"
    for _, number in ipairs(numbers) do
        lines[#lines + 1] = ("            [%d] = %s,\n"):format(number, escaped(network.dhcp[number]))
    end
    return table.concat(lines) .. "        },\n    },\n"
end

return function()
    local words, macs, devices, smbios = {}, {}, {}, {}
    for number, text in ipairs(boot.args) do
        words[number] = word(text)
    end
    for number, mac in ipairs(boot.mac) do
        macs[number] = quoted(mac)
    end
    for number, device in ipairs(boot.pci) do
        devices[number] = ("        %s,\n"):format(quoted(("%s&CC_%06X"):format(device.id, device.class)))
    end
    for _, name in ipairs(facts) do
        local value = boot.smbios[name]
        if value then
            smbios[#smbios + 1] = ("        %s = %s,\n"):format(name, quoted(value))
        end
    end
    return table.concat {
        "return {\n",
        ("    firmware = %s,\n"):format(quoted(boot.firmware)),
        cpu(),
        ("    memory = %d,\n"):format(boot.memory),
        ("    secure_boot = %s,\n"):format(tostring(boot.secure_boot)),
        boot.url and ("    url = %s,\n"):format(quoted(boot.url)) or "",
        boot.network and network_lines(boot.network) or "",
        ("    mac = { %s },\n"):format(table.concat(macs, ", ")),
        ("    pci = {\n%s    },\n"):format(table.concat(devices)),
        ("    smbios = {\n%s    },\n"):format(table.concat(smbios)),
        ("    args = %s,\n"):format(quoted(table.concat(words, " "))),
        "}\n",
    }
end
