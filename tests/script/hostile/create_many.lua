-- expect: keeps more than 128 MiB|ran for 10 million instructions
local s = bcd.new()
while true do s:create("osloader", "x") end
-- SPDX-License-Identifier: BSD-2-Clause
