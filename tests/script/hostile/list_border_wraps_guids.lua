-- expect: {bootmgr}.displayorder: a list of 4294967295 items is too long: at most 1000 are possible
-- SPDX-License-Identifier: BSD-2-Clause
-- One more than the length of this list is 0 where a size has 32 bits.
local list = {}
for power = 0, 31 do
  list[1 << power] = "{default}"
  list[(1 << 32) - (1 << power)] = "{default}"
end
for i = 1, 36 do
  list[i] = "{default}"
end
assert(#list == (1 << 32) - 1)
bcd.new():create("{bootmgr}").displayorder = list
