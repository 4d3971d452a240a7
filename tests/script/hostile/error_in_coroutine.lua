-- expect: inside
local co = coroutine.wrap(function() error("inside") end) co()
-- SPDX-License-Identifier: BSD-2-Clause
