-- expect: {memdiag}.badmemorylist: a list of numbers is expected, not a string
-- SPDX-License-Identifier: BSD-2-Clause
bcd.new():create("{memdiag}").badmemorylist = "1"
