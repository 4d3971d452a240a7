-- expect: no boot manager found
function on.files(list) for name in pairs(list) do list[name] = nil end end
-- SPDX-License-Identifier: BSD-2-Clause
