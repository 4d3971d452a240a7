-- expect: ran for 10 million instructions
while true do
    local co = coroutine.create(function() while true do end end)
    coroutine.resume(co)
end
-- SPDX-License-Identifier: BSD-2-Clause
