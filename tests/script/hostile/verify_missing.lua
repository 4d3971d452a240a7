-- expect: verify: nothing.wim: there is no file
verify { ["nothing.wim"] = "sha1:0123" }
-- SPDX-License-Identifier: BSD-2-Clause
