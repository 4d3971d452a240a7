-- expect: not enough memory
local s = "x" while true do s = s .. s end
-- SPDX-License-Identifier: BSD-2-Clause
