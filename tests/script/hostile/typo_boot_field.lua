-- expect: boot: unknown field 'idnex' (known: args, index,
boot.idnex = 3
-- SPDX-License-Identifier: BSD-2-Clause
