-- expect: boot.version cannot be changed
boot.version = "9"
-- SPDX-License-Identifier: BSD-2-Clause
