-- expect: boot_index|9
boot.index = 9
-- SPDX-License-Identifier: BSD-2-Clause
