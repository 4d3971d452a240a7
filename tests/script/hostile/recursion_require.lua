-- expect: requires itself
require "recursion_require"
-- SPDX-License-Identifier: BSD-2-Clause
