-- expect: not enough memory
text.csv(("a,b\n"):rep(400000))
-- SPDX-License-Identifier: BSD-2-Clause
