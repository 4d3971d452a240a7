-- expect: stolen
local f = files["boot.wim"] assert(getmetatable(f) == "file")
local read = f.read
local ok, m = pcall(read, disk) assert(not ok, "foreign object accepted")
ok, m = pcall(read, {}) error("stolen")
-- SPDX-License-Identifier: BSD-2-Clause
