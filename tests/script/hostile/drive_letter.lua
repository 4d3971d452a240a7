-- expect: drive_letter.lua:3: disk:add: X:\start.cmd: ':' is not allowed in a name. Leave the drive's letter out
-- SPDX-License-Identifier: BSD-2-Clause
disk:add("X:\\start.cmd", "x")
