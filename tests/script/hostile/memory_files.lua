-- expect: makes files of more than 64 MiB
local s = ("x"):rep(1 << 20) while true do file.new("x", s) end
-- SPDX-License-Identifier: BSD-2-Clause
