-- expect: map: rule 1: unknown key 'target'
map { { "*.wim", target = "\\Deploy\\" } }
-- SPDX-License-Identifier: BSD-2-Clause
