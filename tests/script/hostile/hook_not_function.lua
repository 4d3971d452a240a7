-- expect: on.files: a hook is a function, not a number
on.files = 3
-- SPDX-License-Identifier: BSD-2-Clause
