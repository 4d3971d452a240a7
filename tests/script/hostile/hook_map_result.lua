-- expect: the result must be a path
function on.map() return 7 end
-- SPDX-License-Identifier: BSD-2-Clause
