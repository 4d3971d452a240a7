-- expect: a table with __len is not accepted
table.concat(setmetatable({}, { __len = function() return 1 << 60 end, __index = function() return "" end }))
-- SPDX-License-Identifier: BSD-2-Clause
