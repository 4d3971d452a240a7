-- expect: ran for 10 million instructions|pattern too complex|resulting string too large|a pattern can have
while true do pcall(string.find, ("a"):rep(100000), (".-"):rep(6) .. "b") end
-- SPDX-License-Identifier: BSD-2-Clause
