-- expect: typo_boot_index.lua:3: assignment to undefined global 'index' (did you mean 'boot.index'?)
-- SPDX-License-Identifier: BSD-2-Clause
index = 3
