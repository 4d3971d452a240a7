-- expect: left
local co = coroutine.create(function() coroutine.yield(1) end)
coroutine.resume(co)
error("left")
-- SPDX-License-Identifier: BSD-2-Clause
