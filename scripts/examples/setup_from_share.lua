-- SPDX-License-Identifier: BSD-2-Clause
-- Windows Setup from a share: the boot files come from an ISO, the rest from a folder with its contents.
--
--   sanhook --drive 0x80 http://server/win11.iso
--   kernel wimboot script=setup_from_share.lua share=\\server\win11 user=installer
--
-- Windows PE asks for the user's password. Without user=, the share must be open to guests.
--
-- Preview: win.iso -- share=\\\\server\\win11 user=installer
-- Prints: injected install.cmd, winpeshl.ini

local share = boot.args.share or error("say share=\\\\SERVER\\FOLDER on the command line", 0)
local user = boot.args.user and " /user:" .. boot.args.user .. " *" or ""

-- The network takes a while to come up, and a password may be wrong: try until it works.
files["install.cmd"] = table.concat({
    "@echo off",
    "wpeinit",
    ":again",
    "net use I: " .. share .. user .. " && goto mapped",
    "ping -n 5 127.0.0.1 > nul",
    "goto again",
    ":mapped",
    "I:\\setup.exe",
    "",
}, "\r\n")

-- What Windows PE starts in place of its own Setup.
files["winpeshl.ini"] = '[LaunchApps]\r\n"install.cmd"\r\n'
