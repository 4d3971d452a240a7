-- expect: out of limits|too large|memory
print(#string.pack("!16 i17", 1))
-- SPDX-License-Identifier: BSD-2-Clause
