-- expect: unfinished string
print("abc
-- SPDX-License-Identifier: BSD-2-Clause
