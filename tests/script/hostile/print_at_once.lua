-- expect: printed more than 131072 characters without a key being pressed
print(("y"):rep(1 << 20))
-- SPDX-License-Identifier: BSD-2-Clause
