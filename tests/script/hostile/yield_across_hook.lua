-- expect: outside a coroutine|across
function on.files() coroutine.yield() end
-- SPDX-License-Identifier: BSD-2-Clause
