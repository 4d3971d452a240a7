-- expect: too many local variables
local t = {} for i = 1, 300 do t[i] = "local a" .. i end
local f, m = load(table.concat(t, "\n"))
error(m)
-- SPDX-License-Identifier: BSD-2-Clause
