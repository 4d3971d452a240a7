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
        ("    mac = { %s },\n"):format(table.concat(macs, ", ")),
        ("    pci = {\n%s    },\n"):format(table.concat(devices)),
        ("    smbios = {\n%s    },\n"):format(table.concat(smbios)),
        ("    args = %s,\n"):format(quoted(table.concat(words, " "))),
        "}\n",
    }
end
