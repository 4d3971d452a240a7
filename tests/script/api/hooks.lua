-- SPDX-License-Identifier: BSD-2-Clause
-- Hooks: order, arguments, what their results do.
local calls = {}

function on.files(list)
    assert(list == files)
    calls[#calls + 1] = "files"
    files["startnet.cmd"] = "wpeinit\r\nstart.cmd\r\n"
    files["secret.txt"] = "not for everybody"
end

function on.wim(w, f)
    calls[#calls + 1] = "wim"
    assert(f == files["boot.wim"] and #w.images == 3 and w.boot_index == 2)
    assert(w.images[1].name == "Image 1" and w.images[2].description == "Second")
    w.boot_index = 3
    w:inject("\\Site\\from hook.txt", "hook")
end

function on.bcd(s)
    calls[#calls + 1] = "bcd"
    s["{bootmgr}"].timeout = 7
end

local mapped = {}

function on.map(f)
    mapped[#mapped + 1] = f.name
    if f.name == "secret.txt" then
        return false
    elseif f.name == "hello.txt" then
        return { "\\Docs\\", "\\renamed.txt" }
    end
end

function on.disk(d)
    assert(d == disk)
    assert(table.concat(calls, " ") == "files wim bcd")
    assert(table.concat(mapped, " "):find("boot.wim BCD hello.txt", 1, true))
    assert(not disk:find("\\secret.txt"))
    assert(disk:find("\\Docs\\hello.txt") and disk:find("\\renamed.txt") and not disk:find("\\hello.txt"))
    assert(disk:find("\\EFI\\Boot\\BOOTX64.EFI") and disk:find("\\boot.sdi"))
    assert(disk:find("\\Boot\\Fonts\\wgl4_boot.ttf"))
    assert(disk:find("\\EFI\\Microsoft\\Boot\\boot.stl"):read() == "stl 3")
    assert(bcd.open(disk:find("\\Boot\\BCD"))["{bootmgr}"].timeout == 7)

    local w = wim.open(disk:find("\\Sources\\boot.wim"))
    assert(w.boot_index == 3)
    assert(w:find("\\Site\\from hook.txt"):read() == "hook")
    assert(w:find("\\Windows\\System32\\hello.txt"):read() == "hello world")
    assert(w:find("\\windows\\system32\\STARTNET.CMD"):read() == "wpeinit\r\nstart.cmd\r\n")
    assert(w:find("\\Windows\\System32\\BCD") == nil and w:find("\\Windows\\System32\\hooks.lua") == nil)
    assert(w:find("\\Windows\\System32\\image.txt"):read() == "image 3")
end
