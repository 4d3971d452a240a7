-- expect: required.lua:4: no
-- SPDX-License-Identifier: BSD-2-Clause
boot.required = true
error("no")
