-- expect: pattern too complex|million instructions
print(("x"):rep(1 << 18):match("[" .. ("a"):rep(4000) .. "x]*[" .. "b" .. "]"))
-- SPDX-License-Identifier: BSD-2-Clause
