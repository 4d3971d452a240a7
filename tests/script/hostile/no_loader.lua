-- expect: undefined global 'loader'
loader.load("default")
-- SPDX-License-Identifier: BSD-2-Clause
