-- expect: a pattern can have at most 4096 characters
("x"):find(("x"):rep(5000))
-- SPDX-License-Identifier: BSD-2-Clause
