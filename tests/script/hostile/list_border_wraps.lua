-- expect: {memdiag}.badmemorylist: a list of 2305843009213693956 items is too long: at most 1000 are possible
-- SPDX-License-Identifier: BSD-2-Clause
-- Eight bytes for each of these items are 32 bytes where a size has 64 bits. A buffer of that size,
-- filled until an item is missing, would end in Lua's own objects.
local list = {}
for power = 0, 61 do
  list[1 << power] = 1
end
list[(1 << 61) + 4] = 1
for i = 1, 36 do
  list[i] = i
end
assert(#list == (1 << 61) + 4)
bcd.new():create("{memdiag}").badmemorylist = list
