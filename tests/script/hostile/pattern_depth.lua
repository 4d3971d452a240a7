-- expect: pattern too complex
print((("("):rep(31) .. ("x"):rep(1000)):match(("(.-"):rep(31) .. "z" .. (")"):rep(31)))
-- SPDX-License-Identifier: BSD-2-Clause
