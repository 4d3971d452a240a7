-- expect: the end
local mt = {} setmetatable({}, mt) mt.__gc = function() while true do end end
for i = 1, 100000 do local _ = {} end error("the end")
-- SPDX-License-Identifier: BSD-2-Clause
