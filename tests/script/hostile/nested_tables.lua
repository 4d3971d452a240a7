-- expect: overflow
local f, m = load("return " .. ("{"):rep(1000) .. ("}"):rep(1000))
error(m)
-- SPDX-License-Identifier: BSD-2-Clause
