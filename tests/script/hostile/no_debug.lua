-- expect: undefined global 'debug'
debug.getregistry()
-- SPDX-License-Identifier: BSD-2-Clause
