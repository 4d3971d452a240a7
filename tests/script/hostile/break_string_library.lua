-- expect: attempt to call
string.format = nil
-- SPDX-License-Identifier: BSD-2-Clause
