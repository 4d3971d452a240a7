-- expect: quiet_errors.lua:3
boot.quiet = true
local x = nil + 1
-- SPDX-License-Identifier: BSD-2-Clause
