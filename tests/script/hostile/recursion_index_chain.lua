-- expect: '__index' chain too long; possibl
local t = {} setmetatable(t, { __index = t }) print(t.x)
-- SPDX-License-Identifier: BSD-2-Clause
