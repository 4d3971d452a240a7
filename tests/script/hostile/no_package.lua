-- expect: undefined global 'package'
package.loadlib("x", "y")
-- SPDX-License-Identifier: BSD-2-Clause
