-- expect: pattern too complex|million instructions
-- what matches inside, and fails, makes the outer steps no cheaper
local text = "xy" .. ("x"):rep(1 << 19)
print(text:gsub("%bxy", function() pcall(string.find, "a", "(") return nil end))
-- SPDX-License-Identifier: BSD-2-Clause
