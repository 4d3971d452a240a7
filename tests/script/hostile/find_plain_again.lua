-- expect: ran for 10 million instructions
local text, wanted = ("a"):rep(1 << 20), ("a"):rep(200) .. "b"
while true do text:find(wanted, 1, true) end
-- SPDX-License-Identifier: BSD-2-Clause
