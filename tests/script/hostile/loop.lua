-- expect: ran for 10 million instructions
-- expect: loop.lua:3
while true do end
-- SPDX-License-Identifier: BSD-2-Clause
