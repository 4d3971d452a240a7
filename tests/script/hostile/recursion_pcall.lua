-- expect: stack overflow
local function f() local ok, m = pcall(f) if not ok then error(m, 0) end end f() error("stack overflow was caught")
-- SPDX-License-Identifier: BSD-2-Clause
