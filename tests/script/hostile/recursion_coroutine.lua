-- expect: C stack overflow
local function f() coroutine.wrap(f)() end f()
-- SPDX-License-Identifier: BSD-2-Clause
