-- expect: ran for 10 million instructions
local text = ("a"):rep(1 << 20)
while true do utf8.len(text) end
-- SPDX-License-Identifier: BSD-2-Clause
