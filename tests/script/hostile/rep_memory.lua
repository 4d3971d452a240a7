-- expect: not enough memory|too large
local s = ("x"):rep(1 << 22) local t = {} while true do t[#t + 1] = s .. #t end
-- SPDX-License-Identifier: BSD-2-Clause
