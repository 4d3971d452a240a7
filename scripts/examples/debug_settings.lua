-- SPDX-License-Identifier: BSD-2-Clause
-- Kernel debugging and a log of the boot for the machines under test, by their MAC addresses.
--
-- Preview: --mac 52:54:00:12:34:56 boot.wim BCD
-- Prints: debugging over the network for 52:54:00:12:34:56

local under_test = {
    ["52:54:00:12:34:56"] = "1.2.3.4",
    ["52:54:00:12:34:57"] = "5.6.7.8",
}

for _, mac in ipairs(boot.mac) do
    local key = under_test[mac]
    if key then
        print("debugging over the network for " .. mac)
        boot.pause = true -- time to attach

        function on.bcd(s)
            local entry = s["{default}"]
            entry.debug = true
            entry.bootlog = true
            local settings = s["{dbgsettings}"] or s:create("{dbgsettings}")
            settings.debugtype = "NET"
            settings.hostip = 10 << 24 | 0 << 16 | 2 << 8 | 2 -- 10.0.2.2
            settings.port = 50000
            settings.key = key
        end
    end
end
