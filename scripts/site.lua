-- SPDX-License-Identifier: BSD-2-Clause
-- Globals of a site's script in addition to the modules: on, map, menu, verify and drivers. Run before
-- the site's script, if there is one.

local loader = ...

local hooks = loader.hooks -- the pipeline calls what is in it
local hook_names = { files = true, wim = true, bcd = true, map = true, disk = true, verdict = true }

local function check_hook(name)
    if not hook_names[name] then
        error(("on: there is no hook '%s' (known: bcd, disk, files, map, verdict, wim)"):format(tostring(name)), 3)
    end
end

-- Hooks add up: what a script sets does not undo what another, or a common.lua, has set before.
local function add_hook(name, hook)
    local list = { table.unpack(hooks[name] or {}) } -- a loop over the old one may be going on
    list[#list + 1] = hook
    hooks[name] = list
end

on = setmetatable({}, {
    __metatable = "on",
    __index = function(_, name)
        check_hook(name)
        local list = hooks[name]
        return list and list[#list]
    end,
    __newindex = function(_, name, hook)
        check_hook(name)
        if hook == nil then
            hooks[name] = nil
        elseif type(hook) ~= "function" then
            error(("on.%s: a hook is a function, not a %s"):format(name, type(hook)), 2)
        else
            add_hook(name, hook)
            if name == "map" then
                loader.note("mapped")
            end
        end
    end,
})

function map(rules)
    loader.note("mapped")
    add_hook("map", loader.load("map")(rules))
end

function menu(options)
    return loader.load("menu")(options)
end

function verify(manifest)
    return loader.load("verify")(manifest)
end

drivers = setmetatable({}, {
    __metatable = "drivers",
    __index = function(_, name)
        local functions = loader.load("drivers")
        return functions[name] or error(("drivers: unknown function '%s' (known: inject, match)"):format(
            tostring(name)), 2)
    end,
    __newindex = function(_, name)
        error(("drivers.%s cannot be changed"):format(tostring(name)), 2)
    end,
})
