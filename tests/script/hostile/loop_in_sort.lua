-- expect: ran for 10 million instructions
local list = {}
for i = 1, 100 do list[i] = i end
while true do pcall(table.sort, list, function() while true do end end) end
-- SPDX-License-Identifier: BSD-2-Clause
