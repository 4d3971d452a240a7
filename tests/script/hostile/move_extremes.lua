-- expect: table.move: too many elements
table.move({}, math.mininteger, math.maxinteger, 2)
-- SPDX-License-Identifier: BSD-2-Clause
