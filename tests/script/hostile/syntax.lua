-- expect: syntax.lua:2:
if then
-- SPDX-License-Identifier: BSD-2-Clause
