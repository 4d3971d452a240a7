-- expect: MiB of files: 8 times the size of the given files
-- expect: in function <|in method 'hash'|in field 'hash'|hash_joined.lua:5
local f = files["boot.wim"]
for _ = 1, 20 do f = file.new("x", f, f) end
print(f:hash("sha256"))
-- SPDX-License-Identifier: BSD-2-Clause
