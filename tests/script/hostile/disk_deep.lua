-- expect: a path may have at most 4095 bytes
disk:add(("\\a"):rep(100000), files["boot.wim"])
-- SPDX-License-Identifier: BSD-2-Clause
