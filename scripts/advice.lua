-- SPDX-License-Identifier: BSD-2-Clause
-- How to give the loader a file that it lacks: what the message says depends on how it was started.

local loader = ...

return function(name)
    if loader.firmware_started_us and boot.url:find("^file:") then
        return ("Copy it to the root folder of the volume that the loader came from, as %s"):format(name)
    elseif loader.firmware_started_us then
        return ('Fetch it in wimboot.lua, beside the loader on its server: files["%s"] = fetch "%s"'):format(name, name)
    end
    return ("Give it by its name; in iPXE: initrd --name %s http://SERVER/%s %s"):format(name, name, name)
end
