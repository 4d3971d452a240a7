-- expect: x: its sections overlap|x: its PE headers are damaged|x: section .text goes beyond
local exe = wim.open(files["boot.wim"]):find("\\Windows\\Boot\\EFI\\bootmgfw.efi", 2):read()
-- every section is as long as the file
local optional = ("<I4"):unpack(exe, 0x3D) + 24
local count, size = ("<I2"):unpack(exe, optional - 24 + 7), ("<I2"):unpack(exe, optional - 24 + 21)
local sections = optional + size
for i = 0, count - 1 do
    local at = sections + 40 * i + 16
    exe = exe:sub(1, at) .. ("<I4I4"):pack(#exe, 0) .. exe:sub(at + 9)
end
print(boot.trust.judge(file.new("x", exe)).text)
-- SPDX-License-Identifier: BSD-2-Clause
