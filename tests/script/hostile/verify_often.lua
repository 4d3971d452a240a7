-- expect: MiB of files: 8 times the size of the given files
while true do pcall(verify, { ["boot.wim"] = "crc32:00000000" }) end
-- SPDX-License-Identifier: BSD-2-Clause
