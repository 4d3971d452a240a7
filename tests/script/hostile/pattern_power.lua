-- expect: pattern too complex|ran for 10 million instructions
print((("a"):rep(100000)):find((".-"):rep(6) .. "b"))
-- SPDX-License-Identifier: BSD-2-Clause
