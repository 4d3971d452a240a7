-- expect: assignment to undefined global 'index'
index = 3
-- SPDX-License-Identifier: BSD-2-Clause
