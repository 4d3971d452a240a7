-- expect: keeps more than 128 MiB|ran for 10 million instructions|MiB of files:
local w = wim.open(files["boot.wim"])
local i = 0
while true do
    i = i + 1
    w:inject("\\" .. i .. ".txt", tostring(i))
    w:file()
end
-- SPDX-License-Identifier: BSD-2-Clause
