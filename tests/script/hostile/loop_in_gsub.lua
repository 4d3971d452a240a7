-- expect: ran for 10 million instructions
("x"):rep(10):gsub("x", function() while true do end end)
-- SPDX-License-Identifier: BSD-2-Clause
