-- expect: menu: unknown key 'titel'
menu { titel = "x", { "a" } }
-- SPDX-License-Identifier: BSD-2-Clause
