-- expect: finalizers (__gc) are not available
setmetatable({}, { __gc = function() while true do end end })
