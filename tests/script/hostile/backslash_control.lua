-- expect: disk:add:       ools\x: control characters are not allowed in a name. In a script's text, write each \ twice (\\), or use /
-- SPDX-License-Identifier: BSD-2-Clause
disk:add("\tools\\x", "x")
