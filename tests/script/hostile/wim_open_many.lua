-- expect: keeps more than 128 MiB|MiB of files:
while true do
    local w = wim.open(files["boot.wim"])
    w:find("\\Windows\\System32\\startnet.cmd", 1):read()
end
-- SPDX-License-Identifier: BSD-2-Clause
