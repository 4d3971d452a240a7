-- SPDX-License-Identifier: BSD-2-Clause
-- A WIM that cannot be read is left out, and the next one boots. So a damaged or half-uploaded image
-- on the server does not stop a whole site.
--
-- Preview: new.wim=hello.txt boot.wim
-- Prints: new.wim is damaged
-- Prints: boot.wim: booting image 2 of 3

local candidates = { "new.wim", "boot.wim" }
local chosen

for _, name in ipairs(candidates) do
    local f = files[name]
    if f and not chosen then
        local good, problem = pcall(function()
            local w = wim.open(f)
            assert(w:find("/Windows/System32/startnet.cmd"), "has no startnet.cmd"):hash("crc32")
        end)
        if good then
            chosen = name
        else
            log.warn(name .. " is damaged: " .. problem)
            files[name] = nil
        end
    elseif f then
        files[name] = nil -- a better one boots
    end
end

if not chosen then
    error("none of these can be read: " .. table.concat(candidates, ", "))
end
