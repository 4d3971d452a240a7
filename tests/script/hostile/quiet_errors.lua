-- expect: quiet_errors.lua:3
boot.quiet = true
local x = nil + 1
