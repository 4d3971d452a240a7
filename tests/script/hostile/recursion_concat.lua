-- expect: C stack overflow
local mt = {} local t = setmetatable({}, mt) mt.__concat = function(a, b) return a .. b end print(t .. t)
-- SPDX-License-Identifier: BSD-2-Clause
