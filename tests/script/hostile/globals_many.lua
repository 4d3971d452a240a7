-- expect: ran for 10 million instructions
for i = 1, 30000 do rawset(_G, "name" .. i, i) end
while true do pcall(function() return undefined_name end) end
-- SPDX-License-Identifier: BSD-2-Clause
