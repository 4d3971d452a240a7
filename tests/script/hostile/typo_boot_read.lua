-- expect: boot: unknown field 'smbois'
print(boot.smbois)
-- SPDX-License-Identifier: BSD-2-Clause
