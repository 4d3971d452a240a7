-- expect: ran for 10 million instructions
coroutine.wrap(function() while true do end end)()
-- SPDX-License-Identifier: BSD-2-Clause
