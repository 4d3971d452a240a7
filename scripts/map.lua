-- SPDX-License-Identifier: BSD-2-Clause
-- map{ { "*.wim", "/Deploy/" }, ... }: rules that say where files appear on the virtual disk. The
-- first pattern that matches decides; a rule without targets hides the file; a file that no rule
-- matches goes where it would without rules.

local loader = ...

local function check_rule(rule, number)
    if type(rule) ~= "table" then
        error(("map: rule %d is a %s, not { pattern, target, ... }"):format(number, type(rule)), 5)
    end
    for key, value in pairs(rule) do
        if type(key) ~= "number" then
            error(("map: rule %d: unknown key '%s' (known: the pattern and the targets, in order)"):format(number,
                tostring(key)), 5)
        elseif type(value) ~= "string" then
            error(("map: rule %d: item %d is a %s, not a string"):format(number, key, type(value)), 5)
        end
    end
    if not rule[1] then
        error(("map: rule %d has no pattern"):format(number), 5)
    end
end

local function copy_rules(rules)
    local copies = {}
    for number, rule in ipairs(rules) do
        check_rule(rule, number)
        copies[number] = { pattern = rule[1], targets = { table.unpack(rule, 2) } }
    end
    for key in pairs(rules) do
        if not copies[key] then
            error(("map: unknown key '%s' (known: rules, in order)"):format(tostring(key)), 4)
        end
    end
    return copies
end

return function(rules)
    if type(rules) ~= "table" then
        error("map: rules are a table: map{ { \"*.wim\", \"/Deploy/\" } }", 3)
    end
    local copies = copy_rules(rules)
    return function(file)
        for _, rule in ipairs(copies) do
            if loader.match(rule.pattern, file.name) then
                return rule.targets
            end
        end
    end
end
