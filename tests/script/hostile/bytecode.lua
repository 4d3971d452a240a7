-- expect: attempt to load a binary chunk
local f, m = load("\27Lua")
error(m)
-- SPDX-License-Identifier: BSD-2-Clause
