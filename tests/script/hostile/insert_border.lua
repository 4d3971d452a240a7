-- expect: ran for 10 million instructions
-- expect: in function 'table.insert'
local t = {}
for i = 0, 61 do t[1 << i] = true end
while true do table.insert(t, 1, true) end
-- SPDX-License-Identifier: BSD-2-Clause
