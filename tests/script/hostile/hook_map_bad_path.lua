-- expect: disk
function on.map() return "..\\x" end
-- SPDX-License-Identifier: BSD-2-Clause
