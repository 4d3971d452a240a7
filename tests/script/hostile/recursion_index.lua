-- expect: stack overflow|C stack overflow|loop
local mt = {} mt.__index = function(t, k) return t[k] end print(setmetatable({}, mt).x)
-- SPDX-License-Identifier: BSD-2-Clause
