-- expect: table.unpack: too many results
print(table.unpack({}, 1, 1 << 40))
-- SPDX-License-Identifier: BSD-2-Clause
