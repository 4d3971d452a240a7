-- expect: ran for 10 million instructions
local data = ("a,b,c,d\n"):rep(1000)
while true do
    pcall(text.csv, data)
    pcall(text.ini, data)
    pcall(text.json, "[" .. ("1,"):rep(1000) .. "1]")
    pcall(text.fill, ("${a}"):rep(1000), { a = 1 })
end
-- SPDX-License-Identifier: BSD-2-Clause
