-- expect: ran for 10 million instructions
-- expect: in function 'on.files'|in field 'files'|in function <|loop_in_hook.lua:4
function on.files() while true do end end
-- SPDX-License-Identifier: BSD-2-Clause
