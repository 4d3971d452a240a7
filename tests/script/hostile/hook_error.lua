-- expect: hook_error.lua:6: bad luck
-- expect: stack traceback
-- expect: hook_error.lua:6: in function 'on.files'
-- SPDX-License-Identifier: BSD-2-Clause
function on.files() end
function on.files() error("bad luck") end
