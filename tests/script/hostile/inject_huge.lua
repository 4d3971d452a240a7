-- expect: MiB of files: 8 times the size of the given files
local f = files["boot.wim"]
for _ = 1, 20 do f = file.new("x", f, f) end
wim.open(files["boot.wim"]):inject("\\huge.bin", f)
-- SPDX-License-Identifier: BSD-2-Clause
