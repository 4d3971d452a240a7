-- expect: pattern too complex|million instructions
for _ in ("a"):rep(1 << 20):gmatch("(a*)%1b") do end
-- SPDX-License-Identifier: BSD-2-Clause
