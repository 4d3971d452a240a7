-- expect: C stack overflow
local t = setmetatable({}, {}) getmetatable(t).__tostring = function(x) return tostring(x) end tostring(t)
-- SPDX-License-Identifier: BSD-2-Clause
