-- expect: ran for 10 million instructions
for _ in pairs(setmetatable({}, { __pairs = function() while true do end end })) do end
-- SPDX-License-Identifier: BSD-2-Clause
