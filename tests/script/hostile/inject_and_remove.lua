-- expect: keeps more than 128 MiB|ran for 10 million instructions
local w = wim.open(files["boot.wim"])
while true do
    w:inject("\\a\\b.txt", "b")
    w:remove("\\a")
end
-- SPDX-License-Identifier: BSD-2-Clause
