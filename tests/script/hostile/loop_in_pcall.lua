-- expect: ran for 10 million instructions
while true do pcall(function() while true do end end) end
-- SPDX-License-Identifier: BSD-2-Clause
