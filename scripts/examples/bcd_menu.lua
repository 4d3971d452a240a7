-- SPDX-License-Identifier: BSD-2-Clause
-- The boot manager's own menu: one entry for each WIM that was given.
--
-- Preview: boot.wim small.wim
-- Prints: 2 entries

local entries = {}
for name, f in pairs(files) do
    if name:find("%.wim$") then
        entries[#entries + 1] = {
            wim = "\\Sources\\" .. name,
            description = ("%s (%d MB)"):format(name, f.size // 1000000),
        }
    end
end
print(#entries .. " entries")

files["BCD"] = bcd.winpe {
    timeout = 15,
    default = 1,
    sdi = "\\Boot\\boot.sdi",
    entries = entries,
}:file()
