-- expect: file expected, got disk
files["boot.wim"].read(disk, 0, 10)
-- SPDX-License-Identifier: BSD-2-Clause
