-- expect: ran for 10 million instructions
local left, right = ("a"):rep(2 << 20) .. "b", ("a"):rep(2 << 20) .. "c"
local count = 0
while true do count = count + (left == right and 1 or left < right and 2 or 3) end
-- SPDX-License-Identifier: BSD-2-Clause
