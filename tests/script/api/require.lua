-- SPDX-License-Identifier: BSD-2-Clause
-- require: among the files, once; no path, no bytecode.
local common = require "common"
assert(common.greeting == "hello from common" and common.name == "common")
assert(require "common" == common and require "common.lua" == common)
assert(require "twice" == true and require "twice" == true and rawget(_G, "times_run") == 1)
assert(not pcall(require, "missing") and not pcall(require) and not pcall(require, {}))
assert(not pcall(require, "a\0b") and not pcall(require, ("x"):rep(1000)))
files["broken.lua"] = "if then"
local ok, message = pcall(require, "broken")
assert(not ok and message:find("broken.lua:1:", 1, true))
files["raises.lua"] = "error('from inside')"
ok, message = pcall(require, "raises")
assert(not ok and message:find("raises.lua:1: from inside", 1, true))
files["binary.lua"] = "\27Lua"
assert(not pcall(require, "binary"))
files["order.lua"] = "\xfe\xff\0p"
ok, message = pcall(require, "order")
assert(not ok and message:find("order.lua: the text is UTF-16 in the wrong byte order: save it as UTF-8", 1, true))
