-- expect: {memdiag}.badmemorylist: a list of 536870916 items is too long: at most 1000 are possible
-- SPDX-License-Identifier: BSD-2-Clause
-- As list_border_wraps.lua, where a size has 32 bits.
local list = {}
for power = 0, 29 do
  list[1 << power] = 1
end
list[(1 << 29) + 4] = 1
for i = 1, 36 do
  list[i] = i
end
assert(#list == (1 << 29) + 4)
bcd.new():create("{memdiag}").badmemorylist = list
