-- expect: attempt to call a nil value
string.dump(print)
-- SPDX-License-Identifier: BSD-2-Clause
