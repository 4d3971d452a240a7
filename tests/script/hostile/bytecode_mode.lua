-- expect: attempt to load a binary chunk
local f, m = load("\27LuaS\0", "x", "b")
error(m)
-- SPDX-License-Identifier: BSD-2-Clause
