-- expect: MiB of files read: 8 times what was given
while true do pcall(verify, { ["boot.wim"] = "crc32:00000000" }) end
-- SPDX-License-Identifier: BSD-2-Clause
