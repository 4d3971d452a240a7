-- expect: finalizers (__gc) are not available
setmetatable({}, setmetatable({ __gc = true }, { __index = function() error("never") end }))
-- SPDX-License-Identifier: BSD-2-Clause
