-- expect: printed more than 131072 characters without a key being pressed
while true do print("y") end
-- SPDX-License-Identifier: BSD-2-Clause
