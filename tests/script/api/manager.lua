-- SPDX-License-Identifier: BSD-2-Clause
-- boot.manager: the script's own choice; it stands on the disk under the name UEFI knows.
local function program(machine)
    local dos = "MZ" .. ("\0"):rep(58) .. "\64\0\0\0"
    local coff = "PE\0\0" .. machine .. ("\0"):rep(14) .. "\112\0\0\0"
    return dos .. coff .. "\x0B\x02" .. ("\0"):rep(110) .. ("own "):rep(100)
end

boot.manager = file.new("mine.efi", program("\x64\x86"))
assert(boot.manager.name == "mine.efi")

function on.disk()
    assert(disk:find("\\EFI\\BOOT\\BOOTX64.EFI"):read(200, 3) == "own")
end
