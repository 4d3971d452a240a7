-- expect: backslash_once.lua:3: invalid escape sequence near '"\D': in a path, write each \ twice (\\), or use /
-- SPDX-License-Identifier: BSD-2-Clause
map { { "*.wim", "\Deploy\\" } }
