-- expect: larger than 2^63 bytes|keeps more than 128 MiB|ran for 10 million instructions
local f = file.new("x", files["boot.wim"], "y")
while true do f = file.new("x", f, f) end
-- SPDX-License-Identifier: BSD-2-Clause
