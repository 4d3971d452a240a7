-- expect: stack overflow
local function f() return 1 + f() end f()
-- SPDX-License-Identifier: BSD-2-Clause
