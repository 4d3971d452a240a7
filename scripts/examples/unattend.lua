-- SPDX-License-Identifier: BSD-2-Clause
-- An answer file made for this machine, where Windows Setup looks for it. Names that come from the
-- command line go into XML: what XML gives a meaning is replaced.
--
--   kernel wimboot script=unattend.lua name=PC-042
--
-- Preview: --smbios serial="AB&12" boot.wim
-- Prints: the computer's name is PC-AB&12

local template = [[
<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="windowsPE">
    <component name="Microsoft-Windows-Setup" processorArchitecture="amd64"
        publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <UserData><AcceptEula>true</AcceptEula><FullName>%s</FullName></UserData>
    </component>
  </settings>
</unattend>
]]

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local name = boot.args.name or "PC-" .. (boot.smbios.serial or boot.mac[1] or "unknown")
print("the computer's name is " .. name)

local answers = template:format((name:gsub('[&<>"]', entities)))

function on.wim(w)
    w:inject("/autounattend.xml", (answers:gsub("\n", "\r\n")))
end
