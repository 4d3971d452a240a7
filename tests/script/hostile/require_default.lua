-- expect: no module 'default' in the loader
require "default"
-- SPDX-License-Identifier: BSD-2-Clause
