-- SPDX-License-Identifier: BSD-2-Clause
-- Driver packages by the machine's model. iPXE loads them all; only the one that fits goes into the
-- image, where startnet.cmd loads it. Others are dropped, so they take no room on the disk.
--
-- Preview: --smbios product="OptiPlex 7090" boot.wim e1000.inf rtl8168.inf
-- Prints: OptiPlex 7090 needs e1000.inf
-- Prints: injected startnet.cmd

local drivers = {
    ["OptiPlex 7090"] = "e1000.inf",
    ["ThinkCentre M70q"] = "rtl8168.inf",
}

local product = boot.smbios.product
local wanted = product and drivers[product]
print(("%s needs %s"):format(product or "this machine", wanted or "no extra driver"))

for name in pairs(files) do
    if name:find("%.inf$") and name ~= wanted then
        files[name] = nil
    end
end

if wanted then
    local driver = files[wanted] or error(wanted .. " is missing: add it to the iPXE script")
    files[wanted] = nil
    files["startnet.cmd"] = "drvload X:\\Drivers\\" .. wanted .. "\r\nwpeinit\r\n"

    function on.wim(w)
        w:inject("/Drivers/" .. wanted, driver)
    end
end
