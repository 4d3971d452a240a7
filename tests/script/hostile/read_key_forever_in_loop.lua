-- expect: ran for 10 million instructions
while true do console.key(0) end
-- SPDX-License-Identifier: BSD-2-Clause
