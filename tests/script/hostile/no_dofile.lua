-- expect: undefined global 'dofile'
dofile("x")
-- SPDX-License-Identifier: BSD-2-Clause
