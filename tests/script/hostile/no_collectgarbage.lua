-- expect: undefined global 'collectgarbage'
collectgarbage("stop")
-- SPDX-License-Identifier: BSD-2-Clause
