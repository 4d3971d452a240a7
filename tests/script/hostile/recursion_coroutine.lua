-- expect: C stack overflow
local function f() coroutine.wrap(f)() end f()
