-- expect: ran for 10 million instructions|read more than
local f = file.new("x", ("\n"):rep(1 << 20))
while true do
    for _ in text.lines(f) do end
end
-- SPDX-License-Identifier: BSD-2-Clause
