-- expect: a value of type nil
error(nil)
-- SPDX-License-Identifier: BSD-2-Clause
