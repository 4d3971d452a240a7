-- expect: ran for 10 million instructions
local kept = {}
pcall(function() while true do kept[#kept + 1] = {} end end)
for _ = 1, 20 do kept[#kept] = nil end
while true do pcall(function() local _ = {} end) end
-- SPDX-License-Identifier: BSD-2-Clause
