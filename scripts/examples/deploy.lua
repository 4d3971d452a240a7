-- SPDX-License-Identifier: BSD-2-Clause
-- A machine of a site, from a boot.wim as Microsoft made it and a few files beside it: the drivers that it needs, the
-- registry as the site wants it, its name from an inventory, and only as much of the WIM as it boots. Windows PE
-- finds what the loader knows in \Windows\wimboot.cmd, and what it did in \Windows\wimboot.log.
--
-- Preview: --pci 8086:100e --mac 52:54:00:12:34:56 boot.wim site.reg machines.csv card.inf card.sys card.cat
-- Prints: PC-0815 at hq
-- Prints: driver: Example Card
-- Prints: site.reg: 2 keys
-- Prints: image 2 alone

local machines = text.csv(files["machines.csv"], { key = "mac" })
local machine = machines[boot.mac[1]] or { name = "PC-NEW", site = boot.args.site or "hq" }
print(machine.name .. " at " .. machine.site)

boot.index = 2
boot.slim = true

local startnet = [[
call %SystemRoot%\wimboot.cmd
wpeinit
net use I: \\${site}\images
call I:\deploy.cmd ${name}
]]

function on.wim(w)
    drivers.inject(w, drivers.match(files, w))

    local system = w:registry("\\Windows\\System32\\config\\SYSTEM")
    print(("site.reg: %d keys"):format(system:import(files["site.reg"])))
    system["CurrentControlSet\\Control\\ComputerName\\ComputerName"].ComputerName = machine.name

    local commands = text.fill(startnet, machine, "plain"):gsub("\n", "\r\n")
    files["startnet.cmd"] = commands
    files["site.reg"], files["machines.csv"] = nil, nil -- only this script needs them
end
