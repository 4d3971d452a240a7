-- expect: ran for 10 million instructions
while true do
    pcall(function()
        local guard <close> = setmetatable({}, { __close = function() while true do end end })
        error("leave")
    end)
end
-- SPDX-License-Identifier: BSD-2-Clause
