-- expect: console: unknown function 'prnt'
console.prnt("x")
-- SPDX-License-Identifier: BSD-2-Clause
