-- expect: keeps more than 128 MiB|ran for 10 million instructions|not enough memory
local s = bcd.new()
while true do
    s:create("osloader", "x")
    local _ = #s.objects
end
-- SPDX-License-Identifier: BSD-2-Clause
