-- expect: outside a coroutine
coroutine.yield()
