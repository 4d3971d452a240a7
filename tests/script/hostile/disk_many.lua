-- expect: keeps more than 128 MiB|ran for 10 million instructions
local i, f = 0, files["boot.wim"]
while true do
    i = i + 1
    disk:add("\\one\\directory\\name" .. i, f)
    disk:remove("\\one\\directory\\name" .. i)
end
-- SPDX-License-Identifier: BSD-2-Clause
