-- expect: attempt to index a nil value (field 'missing.wim')|attempt to index a nil value
print(files["missing.wim"].size)
-- SPDX-License-Identifier: BSD-2-Clause
