-- expect: a value of type table
error({})
-- SPDX-License-Identifier: BSD-2-Clause
