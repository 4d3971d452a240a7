-- expect: the product of both lengths is over 256 Mi
local text, wanted = ("a"):rep(1 << 20), ("a"):rep(4000) .. "b"
text:find(wanted, 1, true)
-- SPDX-License-Identifier: BSD-2-Clause
