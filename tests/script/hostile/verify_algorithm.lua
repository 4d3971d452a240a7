-- expect: verify_algorithm.lua:4: verify: boot.wim: 
-- expect: unknown algorithm 'md5' (known: 
-- SPDX-License-Identifier: BSD-2-Clause
verify { ["boot.wim"] = "md5:0123" }
