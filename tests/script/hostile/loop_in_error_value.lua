-- expect: a value of type table
error(setmetatable({}, { __tostring = function() while true do end end }))
-- SPDX-License-Identifier: BSD-2-Clause
