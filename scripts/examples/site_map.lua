-- SPDX-License-Identifier: BSD-2-Clause
-- Each site expects its files in other places of the virtual disk.
--
--   kernel wimboot script=site_map.lua site=hq
--
-- Preview: boot.wim BCD tools.cab -- site=hq
-- Disk: \Deploy\boot.wim

local maps = {
    hq = {
        { "*.wim", "/Deploy/" },
        { "*.cab", "/Tools/" },
    },
    branch = {
        { "*.wim", "/Sources/" },
        { "*.cab" }, -- no target: not on the disk
    },
}

local site = boot.args.site
if not maps[site] then
    error("say site=hq or site=branch on the command line, not site=" .. tostring(site))
end
map(maps[site])

-- The boot configuration must look where the map puts the WIM.
function on.bcd(s)
    local folder = site == "hq" and "\\Deploy\\" or "\\Sources\\"
    local device = "ramdisk=[boot]" .. folder .. "boot.wim,{ramdiskoptions}"
    s["{default}"].device = device
    s["{default}"].osdevice = device
end
