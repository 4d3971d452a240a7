-- expect: undefined global
rawset(_G, "ipairs", nil)
-- SPDX-License-Identifier: BSD-2-Clause
