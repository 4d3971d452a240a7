-- expect: keeps more than 128 MiB|ran for 10 million instructions
local i = 0
while true do
    i = i + 1
    files["name" .. i] = "x"
    files["name" .. i // 2] = nil
end
-- SPDX-License-Identifier: BSD-2-Clause
