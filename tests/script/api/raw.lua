-- SPDX-License-Identifier: BSD-2-Clause
-- rawwim and rawbcd: the files are passed on as they are, index only chooses where files come from.
local before = { files["boot.wim"], files["BCD"] }
boot.rawwim = true
boot.rawbcd = true
boot.index = 1

function on.disk()
    assert(disk:find("\\boot.wim") == before[1] and disk:find("\\BCD") == before[2])
    assert(disk:find("\\boot.stl"):read() == "stl 1")
end
