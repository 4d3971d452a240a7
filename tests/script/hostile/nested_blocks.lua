-- expect: overflow
local f, m = load(("do "):rep(1000) .. ("end "):rep(1000))
error(m)
-- SPDX-License-Identifier: BSD-2-Clause
