-- expect: attempt to load a binary chunk
local f, m = load("\27Lua")
error(m)
