-- expect: require: there is no file nothing.lua
require "nothing"
-- SPDX-License-Identifier: BSD-2-Clause
