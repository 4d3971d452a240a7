-- expect: verify: boot.wim: its sha1 is
-- expect: verify_wrong.lua:3
verify { ["boot.wim"] = "sha1:0123" }
-- SPDX-License-Identifier: BSD-2-Clause
