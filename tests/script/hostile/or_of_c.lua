-- expect: or is 'or'
-- SPDX-License-Identifier: BSD-2-Clause
if boot.index || boot.gui then boot.index = 3 end
