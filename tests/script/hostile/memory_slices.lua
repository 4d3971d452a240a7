-- expect: keeps more than 128 MiB|not enough memory
local f = files["boot.wim"]
while true do
    f = f:slice(0, 100)
    f = f:patch(0, "y")
end
-- SPDX-License-Identifier: BSD-2-Clause
