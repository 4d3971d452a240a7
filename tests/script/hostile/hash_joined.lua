-- expect: MiB of files read: 8 times what was given
-- expect: in function <|in method 'hash'|in field 'hash'|hash_joined.lua:5
local f = files["boot.wim"]
for _ = 1, 20 do f = file.new("x", f, f) end
print(f:hash("sha256"))
-- SPDX-License-Identifier: BSD-2-Clause
