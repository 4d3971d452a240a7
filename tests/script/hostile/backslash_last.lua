-- expect: backslash_last.lua:4: unfinished string near
-- expect: in a path, write each \ twice (\\), or use /
-- SPDX-License-Identifier: BSD-2-Clause
map { { "*.wim", "\\Deploy\" } }
