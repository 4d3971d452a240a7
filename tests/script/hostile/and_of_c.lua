-- expect: and_of_c.lua:3: 'then' expected near '&': and is 'and'|near '&': and is 'and'
-- SPDX-License-Identifier: BSD-2-Clause
if boot.index && boot.gui then boot.index = 3 end
