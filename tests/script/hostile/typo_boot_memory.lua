-- expect: typo_boot_memory.lua:3: undefined global 'memory' (did you mean 'boot.memory'?)
-- SPDX-License-Identifier: BSD-2-Clause
print(memory)
