-- SPDX-License-Identifier: BSD-2-Clause
-- Runs once, however often it is required; returns nothing.
rawset(_G, "times_run", (rawget(_G, "times_run") or 0) + 1)
