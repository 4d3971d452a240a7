-- expect: set_wrong_flag.lua:3: boot.quiet = 1: boolean expected, got number
-- SPDX-License-Identifier: BSD-2-Clause
boot.quiet = 1
