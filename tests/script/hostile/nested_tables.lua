-- expect: overflow
local f, m = load("return " .. ("{"):rep(1000) .. ("}"):rep(1000))
error(m)
