-- expect: set_out_of_range.lua:3: boot.index = 0: 0 is not between 1 and 65535
-- SPDX-License-Identifier: BSD-2-Clause
boot.index = 0
