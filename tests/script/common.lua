-- SPDX-License-Identifier: BSD-2-Clause
-- What the sites of the tests have in common.
return { greeting = "hello from common", name = ... }
