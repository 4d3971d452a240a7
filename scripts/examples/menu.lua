-- SPDX-License-Identifier: BSD-2-Clause
-- A menu that starts its first item after ten seconds.
--
-- Preview: boot.wim
-- Prints: menu: Deploy

menu {
    title = "Windows PE, " .. (boot.smbios.product or "unknown machine"),
    timeout = 10,
    default = 1,
    { "Deploy", key = "d", index = 2 },
    { "Recovery", key = "r", index = 3 },
    { "Windows Setup", key = "s", index = 1 },
    { "Command prompt only", key = "c", function()
        files["winpeshl.ini"] = "[LaunchApps]\r\n%SYSTEMROOT%\\System32\\cmd.exe\r\n"
    end },
}
