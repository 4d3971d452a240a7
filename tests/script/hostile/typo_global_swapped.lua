-- expect: did you mean 'files'?
print(flies["boot.wim"])
-- SPDX-License-Identifier: BSD-2-Clause
