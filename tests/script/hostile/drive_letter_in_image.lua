-- expect: Windows does not allow character 2 (code 58) of a name. Leave the drive's letter out: the path starts in the root
-- SPDX-License-Identifier: BSD-2-Clause
function on.wim(w) w:inject("X:\\start.cmd", "x") end
