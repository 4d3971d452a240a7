-- SPDX-License-Identifier: BSD-2-Clause
-- Hooks that return false: nothing is injected, the boot configuration stays as it is.
function on.wim()
    return false
end

function on.bcd()
    return false
end

function on.disk()
    assert(disk:find("\\boot.wim") == files["boot.wim"])
    assert(disk:find("\\BCD") == files["BCD"])
end
