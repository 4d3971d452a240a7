-- expect: {memdiag}.badmemorylist: item 2 of the list is not a number
-- SPDX-License-Identifier: BSD-2-Clause
bcd.new():create("{memdiag}").badmemorylist = { 1, nil, 3 }
