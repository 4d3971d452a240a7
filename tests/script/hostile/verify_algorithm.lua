-- expect: unknown algorithm 'md5' (known: 
verify { ["boot.wim"] = "md5:0123" }
-- SPDX-License-Identifier: BSD-2-Clause
