-- SPDX-License-Identifier: BSD-2-Clause
-- A site with an inventory: machines.csv has a line for each machine, with its name and its site, found by the
-- MAC address or, where that is unknown, by the serial number. The answer file is a template, filled in for
-- this machine, and of all drivers that iPXE loads, the image gets those that this machine needs to install.
--
-- Preview: --pci 8086:100e --mac 52:54:00:12:34:56 boot.wim machines.csv template.xml card.inf card.sys card.cat
-- Prints: PC-0815 at hq
-- Prints: driver: Example Card
-- Prints: injected unattend.xml

local wanted_classes = { Net = true, SCSIAdapter = true, HDC = true, System = true }

local function find_machine()
    for _, mac in ipairs(boot.mac) do
        local row = text.csv(files["machines.csv"], { key = "mac" })[mac]
        if row then
            return row
        end
    end
    return text.csv(files["machines.csv"], { key = "serial" })[boot.smbios.serial]
end

local machine = find_machine()
if not machine then
    machine = { name = console.read_line { prompt = "Name of this computer: ", pattern = "%w[%w-]*", timeout = 60,
        default = "PC-NEW" }, site = boot.args.site or "hq" }
end
print(machine.name .. " at " .. machine.site)
files["unattend.xml"] = text.fill(files["template.xml"], { name = machine.name, site = machine.site })
files["template.xml"], files["machines.csv"] = nil, nil

function on.wim(w)
    local matching = {}
    for _, driver in ipairs(drivers.match(files, w)) do
        if wanted_classes[driver.class] then
            matching[#matching + 1] = driver
        end
    end
    drivers.inject(w, matching)
end
