-- expect: ran for 10 million instructions
table.move({}, 1, 1 << 40, 2)
-- SPDX-License-Identifier: BSD-2-Clause
