-- expect: ran for 10 million instructions
local text = ("a"):rep(2 << 20)
while true do local _ = text .. "b" end
-- SPDX-License-Identifier: BSD-2-Clause
