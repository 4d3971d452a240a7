-- expect: overwritten
rawset(_G, "files", setmetatable({}, { __pairs = function() error("overwritten") end }))
-- SPDX-License-Identifier: BSD-2-Clause
