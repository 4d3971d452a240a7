-- expect: file: unknown field 'length'
print(files["boot.wim"].length)
-- SPDX-License-Identifier: BSD-2-Clause
