-- expect: hook_error.lua:3: bad luck
-- expect: stack traceback
function on.files() error("bad luck") end
-- SPDX-License-Identifier: BSD-2-Clause
