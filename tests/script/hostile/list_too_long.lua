-- expect: {memdiag}.badmemorylist: a list of 1001 items is too long: at most 1000 are possible
-- SPDX-License-Identifier: BSD-2-Clause
local list = {}
for i = 1, 1001 do
  list[i] = i
end
bcd.new():create("{memdiag}").badmemorylist = list
