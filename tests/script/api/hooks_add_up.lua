-- SPDX-License-Identifier: BSD-2-Clause
-- Hooks add up in order, map{} adds rules, and nil drops what was set.
local calls = {}

local function record(name, result)
    return function()
        calls[#calls + 1] = name
        return result
    end
end

assert(on.wim == nil)
on.files = record("dropped")
on.files = nil
assert(on.files == nil)
on.files = record("files 1")
on.files = function()
    calls[#calls + 1] = "files 2"
    on.files = record("too late") -- this round of calls is not changed by what it sets
end
local last = record("wim 2")
on.wim = record("wim 1", false)
on.wim = last
assert(on.wim == last)

on.map = function(f)
    if f.name == "common.lua" then
        return false -- decides: no rule is asked
    end
end
map { { "hello.*", "/First/" } }
map { { "*.txt", "/Second/" }, { "*.lua", "/Scripts/" } }
files["other.txt"] = "other"
local mapped = {}
on.map = function(f)
    mapped[f.name] = true
end

function on.disk()
    assert(table.concat(calls, ", ") == "files 1, files 2, wim 1, wim 2", table.concat(calls, ", "))
    assert(disk:find("/First/hello.txt") and not disk:find("/Second/hello.txt"))
    assert(disk:find("/Second/other.txt"))
    assert(disk:find("/Scripts/twice.lua") and not disk:find("/Scripts/common.lua"))
    assert(mapped["boot.wim"] and not mapped["hello.txt"] and not mapped["common.lua"])
    -- on.wim 1 said that nothing is injected, though on.wim 2 said nothing.
    assert(not wim.open(disk:find("/Sources/boot.wim")):find("/Windows/System32/hello.txt"))
end
