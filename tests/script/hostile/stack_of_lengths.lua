-- expect: bad argument|wrong number
-- SPDX-License-Identifier: BSD-2-Clause
-- Thousands of arguments that have a length and are no tables: looking at each must not leave
-- something on the stack.
for count = 100, 14000, 100 do
  local list = {}
  for i = 1, count do
    list[i] = files
  end
  pcall(table.insert, table.unpack(list))
  pcall(table.concat, table.unpack(list))
end
table.concat(files, files, files)
