-- expect: a table with __len is not accepted
table.insert(setmetatable({}, { __len = function() return 1 << 60 end }), 1, 1)
-- SPDX-License-Identifier: BSD-2-Clause
