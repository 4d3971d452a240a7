-- expect: set_bad_label.lua:3: disk.label: 
-- SPDX-License-Identifier: BSD-2-Clause
disk.label = "much too long a label"
