-- expect: file.name cannot be changed
files["boot.wim"].name = "x"
-- SPDX-License-Identifier: BSD-2-Clause
