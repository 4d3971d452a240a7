-- expect: not an overflow|overflow
local f, m = load("return " .. ("-"):rep(5000) .. "1")
error(m or "not an overflow")
-- SPDX-License-Identifier: BSD-2-Clause
