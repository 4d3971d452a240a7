-- expect: ran for 10 million instructions
local t = setmetatable({}, { __index = function() while true do end end })
print(t.field)
-- SPDX-License-Identifier: BSD-2-Clause
