-- expect: string.rep: the result would be too large
print(#string.rep("", 1 << 60, "abc"))
-- SPDX-License-Identifier: BSD-2-Clause
