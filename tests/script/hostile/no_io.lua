-- expect: undefined global 'io'
io.open("/etc/passwd")
-- SPDX-License-Identifier: BSD-2-Clause
