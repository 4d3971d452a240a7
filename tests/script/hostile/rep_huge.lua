-- expect: string.rep: the result would be too large
print(#string.rep("", 1e15 // 1 | 0))
-- SPDX-License-Identifier: BSD-2-Clause
