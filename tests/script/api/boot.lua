-- SPDX-License-Identifier: BSD-2-Clause
-- boot: the command line, the machine, the loader.
assert(boot.args.site == "hq" and boot.args.debug == true and boot.args.nothing == nil)
assert(boot.args[1] == "script=boot.lua" and boot.args[2] == "site=hq" and #boot.args == 4)
assert(boot.args == boot.args)

assert(boot.index == nil)
boot.index = 3
assert(boot.index == 3)
boot.index = nil
assert(boot.index == nil)
for _, wrong in ipairs { 0, -1, 65536, 1.5, "x", true, {}, math.huge } do
    assert(not pcall(function() boot.index = wrong end), tostring(wrong))
end

for _, option in ipairs { "gui", "quiet", "rawbcd", "rawwim", "slim", "linear", "noscreen", "noserial", "required" } do
    assert(boot[option] == false)
    boot[option] = true
    assert(boot[option] == true)
    boot[option] = false
    assert(not pcall(function() boot[option] = 1 end))
end
assert(boot.check == true)
boot.check = false
assert(boot.check == false)
boot.check = true

assert(#boot.verdict == 0 and boot.verdict == boot.verdict)
boot.verdict = "off"
assert(boot.verdict == nil)
boot.verdict = "on"
assert(#boot.verdict == 0)
for _, wrong in ipairs { "of", true, false, 1, {} } do
    assert(not pcall(function() boot.verdict = wrong end), tostring(wrong))
end

assert(boot.processor == nil) -- nobody knows this machine's
assert(not pcall(function() boot.processor = {} end))

assert(boot.pause == false)
boot.pause = true
assert(boot.pause == true)
boot.pause = "quiet"
assert(boot.pause == "quiet")
assert(not pcall(function() boot.pause = "loud" end))
boot.pause = false

assert(boot.firmware == "efi" and boot.arch == "x86_64" and boot.secure_boot == false)
assert(boot.script_signed == false and not pcall(function() boot.script_signed = true end))
assert(boot.memory == 4 << 30 and boot.usable_memory == 4 << 30) -- no SMBIOS table: usable is what is known
assert(boot.smbios.manufacturer == nil)
assert(boot.mac[1] == "52:54:00:ab:cd:ef" and #boot.mac == 1)
assert(math.type(boot.api) == "integer" and boot.api == 1 and type(boot.version) == "string")

assert(boot.manager == nil)
assert(not pcall(function() boot.manager = "bootmgfw.efi" end))
assert(not pcall(function() return boot.nothing end))
assert(not pcall(function() boot.version = "2" end))
