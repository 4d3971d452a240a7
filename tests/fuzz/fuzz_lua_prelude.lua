-- SPDX-License-Identifier: BSD-2-Clause
-- What the programs of fuzz_lua.c make their tables with: lists that are none. All take items and
-- numbers as they come; what does not fit raises, and a program goes on after that.
local prelude = {}

-- A list whose length is near 2^power: the search for it finds an item at each power of two. The
-- first `dense` items are there, so that a loop gets that far.
function prelude.forged(power, beyond, dense, item)
    local list = {}
    for i = 0, power do
        list[1 << i] = item
    end
    list[(1 << power) + beyond] = item
    for i = 1, dense do
        list[i] = item
    end
    return list
end

-- A list in which every step-th item is missing.
function prelude.holes(count, step, item)
    local list = {}
    for i = 1, count do
        list[i] = item
    end
    for i = step, count, step do
        list[i] = nil
    end
    return list
end

-- Keys that no list has.
function prelude.odd(item)
    return { item, [-1] = item, [0] = item, [1.5] = item, [2 ^ 53] = item, [true] = item, [item] = item,
        [math.mininteger] = item, [math.maxinteger] = item, [1 / 0] = item }
end

-- A table that has an item for every key, and any length.
function prelude.endless(item, length)
    return setmetatable({}, { __len = function() return length end, __index = function() return item end })
end

-- A table that acts whenever somebody looks at it.
function prelude.trap(item, action)
    local metatable = {}
    for _, event in ipairs { "index", "newindex", "len", "tostring", "name", "call", "eq", "lt", "le", "concat",
        "close", "pairs", "add", "band", "unm", "metatable" } do
        metatable["__" .. event] = function()
            pcall(action)
            return item
        end
    end
    return setmetatable({}, metatable)
end

-- Start a coroutine that acts, and go on with it some times.
function prelude.coroutine(times, action)
    local thread = coroutine.create(function(...)
        for _ = 1, times do
            action(...)
            coroutine.yield(...)
        end
    end)
    for _ = 1, times do
        coroutine.resume(thread, times)
    end
    return thread
end

return prelude
