-- expect: wim:inject_all: item 1
local w = wim.open(files["boot.wim"])
w:inject_all("\\x", { setmetatable({}, { __index = function() return "x" end }) })
-- SPDX-License-Identifier: BSD-2-Clause
