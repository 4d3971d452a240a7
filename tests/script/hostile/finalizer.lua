-- expect: finalizers (__gc) are not available
setmetatable({}, { __gc = function() while true do end end })
-- SPDX-License-Identifier: BSD-2-Clause
