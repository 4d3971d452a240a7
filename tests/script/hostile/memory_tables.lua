-- expect: not enough memory
local t = {} while true do t[#t + 1] = {} end
-- SPDX-License-Identifier: BSD-2-Clause
