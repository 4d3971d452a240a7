-- expect: outside a coroutine|across
function on.files() coroutine.yield() end
