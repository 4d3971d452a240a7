-- expect: undefined global 'xpcall'
xpcall(print, print)
-- SPDX-License-Identifier: BSD-2-Clause
