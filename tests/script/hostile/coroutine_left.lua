-- expect: left
local co = coroutine.create(function() coroutine.yield(1) end)
coroutine.resume(co)
error("left")
