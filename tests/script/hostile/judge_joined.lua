-- expect: MiB of files: 8 times the size of the given files
local f = wim.open(files["boot.wim"]):find("\\Windows\\Boot\\EFI\\bootmgfw.efi", 2)
local more = files["boot.wim"]
for _ = 1, 18 do more = file.new("x", more, more) end
print(boot.trust.judge(file.new("x", f, more)).text)
-- SPDX-License-Identifier: BSD-2-Clause
