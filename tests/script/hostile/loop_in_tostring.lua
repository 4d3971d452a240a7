-- expect: ran for 10 million instructions
print(setmetatable({}, { __tostring = function() while true do end end }))
-- SPDX-License-Identifier: BSD-2-Clause
