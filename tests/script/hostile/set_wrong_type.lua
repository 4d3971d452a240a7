-- expect: set_wrong_type.lua:3: boot.index = "three": number expected, got string
-- SPDX-License-Identifier: BSD-2-Clause
boot.index = "three"
