-- expect: strings over 1 MiB cannot be searched
("x"):rep(1 << 21):find("y")
-- SPDX-License-Identifier: BSD-2-Clause
