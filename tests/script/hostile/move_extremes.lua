-- expect: ran for 10 million instructions
table.move({}, math.mininteger, math.maxinteger, 2)
-- SPDX-License-Identifier: BSD-2-Clause
