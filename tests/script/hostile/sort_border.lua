-- expect: ran for 10 million instructions
local t = {}
for i = 0, 30 do t[1 << i] = true end
while true do pcall(table.sort, t, function() return false end) end
-- SPDX-License-Identifier: BSD-2-Clause
