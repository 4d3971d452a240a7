-- expect: not_equal.lua:3: 'then' expected near '!': not equal is ~=, and not is 'not'
-- SPDX-License-Identifier: BSD-2-Clause
if boot.index != 3 then boot.index = 3 end
