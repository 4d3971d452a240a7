-- expect: pattern too complex|million instructions
print(string.find(("x"):rep(1 << 20), "%bxy"))
-- SPDX-License-Identifier: BSD-2-Clause
