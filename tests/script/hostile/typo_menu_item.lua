-- expect: menu: item 1: unknown key 'indx'
menu { { "a", indx = 2 } }
-- SPDX-License-Identifier: BSD-2-Clause
