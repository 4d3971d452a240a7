-- expect: keeps more than 128 MiB|ran for 10 million instructions
local s = bcd.new()
for _ = 1, 1000 do s:create("osloader", "x") end
while true do s:create("osloader", "x") s:file() end
-- SPDX-License-Identifier: BSD-2-Clause
