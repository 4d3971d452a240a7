-- expect: ran for 10 million instructions
local f = file.new("x", files["boot.wim"], "y")
while true do
    local joined, more = pcall(file.new, "x", f, f)
    f = joined and more or f
end
-- SPDX-License-Identifier: BSD-2-Clause
