-- expect: undefined global 'os'
os.execute("true")
-- SPDX-License-Identifier: BSD-2-Clause
