-- expect: undefined global 'wimm' (did you mean 'wim'?)
-- expect: typo_global.lua:3:
local w = wimm.open(files["boot.wim"])
-- SPDX-License-Identifier: BSD-2-Clause
