-- expect: ran for 10 million instructions
local text = ("x = 1 "):rep(100000)
while true do load(text) end
-- SPDX-License-Identifier: BSD-2-Clause
