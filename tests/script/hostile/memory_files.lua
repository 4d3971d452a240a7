-- expect: keeps more than 128 MiB in files
local s = ("x"):rep(1 << 20) while true do file.new("x", s) end
-- SPDX-License-Identifier: BSD-2-Clause
