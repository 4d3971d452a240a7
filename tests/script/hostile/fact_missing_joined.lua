-- expect: attempt to concatenate a nil value (field 'serial'): this machine tells no serial
-- SPDX-License-Identifier: BSD-2-Clause
print("PC-" .. boot.smbios.serial)
