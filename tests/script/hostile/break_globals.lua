-- expect: undefined global
rawset(_G, "print", nil)
-- SPDX-License-Identifier: BSD-2-Clause
