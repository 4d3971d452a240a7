-- expect: undefined global 'loadfile'
loadfile("x")
-- SPDX-License-Identifier: BSD-2-Clause
