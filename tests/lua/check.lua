-- SPDX-License-Identifier: BSD-2-Clause
-- What the test scripts share.
local check = {}

function check.equal(got, expected)
    if got ~= expected then
        error(("got %s, expected %s"):format(tostring(got), tostring(expected)), 2)
    end
end

-- The function must raise an error that contains each of the texts.
function check.raises(work, ...)
    local worked, message = pcall(work)
    if worked then
        error("no error was raised", 2)
    end
    for _, text in ipairs { ... } do
        if not tostring(message):find(text, 1, true) then
            error(("'%s' is not in the error: %s"):format(text, message), 2)
        end
    end
end

function check.list(got, expected)
    check.equal(#got, #expected)
    for i = 1, #expected do
        check.equal(got[i], expected[i])
    end
end

return check
