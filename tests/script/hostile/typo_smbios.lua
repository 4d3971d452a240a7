-- expect: boot.smbios: unknown field 'modell' (known: manufacturer,
print(boot.smbios.modell)
-- SPDX-License-Identifier: BSD-2-Clause
