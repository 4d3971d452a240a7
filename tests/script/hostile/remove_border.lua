-- expect: ran for 10 million instructions
local t = {}
for i = 0, 61 do t[1 << i] = true end
while true do pcall(table.remove, t, 1) end
-- SPDX-License-Identifier: BSD-2-Clause
