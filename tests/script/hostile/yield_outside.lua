-- expect: outside a coroutine
coroutine.yield()
-- SPDX-License-Identifier: BSD-2-Clause
