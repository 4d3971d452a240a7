-- SPDX-License-Identifier: BSD-2-Clause
-- A boot configuration is made where none is given and the WIM has none.
files["BCD"] = nil

function on.wim(w)
    w:remove("\\Windows\\Boot\\DVD\\EFI\\BCD")
end

function on.bcd(s)
    assert(s["{bootmgr}"])
end

function on.disk()
    assert(disk:find("\\EFI\\Boot\\BCD").size > 4096)
end
