-- expect: invalid conversion|too long
print(string.format("%999d", 1))
-- SPDX-License-Identifier: BSD-2-Clause
