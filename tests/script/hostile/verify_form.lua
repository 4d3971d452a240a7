-- expect: is not of the form algorithm:hexadecimal digest
verify { ["boot.wim"] = "0123" }
-- SPDX-License-Identifier: BSD-2-Clause
