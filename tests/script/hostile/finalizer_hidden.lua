-- expect: finalizers (__gc) are not available
setmetatable({}, setmetatable({ __gc = true }, { __index = function() error("never") end }))
