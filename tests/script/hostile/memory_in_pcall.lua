-- expect: ran for 10 million instructions
while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end
-- SPDX-License-Identifier: BSD-2-Clause
