-- expect: cannot change a protected metatable
setmetatable(_G, {})
-- SPDX-License-Identifier: BSD-2-Clause
