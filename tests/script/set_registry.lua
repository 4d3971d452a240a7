-- SPDX-License-Identifier: BSD-2-Clause
-- A hive of the image that boots is edited; nothing here outlives an error.
function on.wim(w)
    local reg = w:registry("\\Windows\\System32\\config\\SYSTEM")
    reg["Setup\\LabConfig"].BypassTPMCheck = 1
    reg.Setup.list, reg.Setup.bytes = { "a", "\u{e4}" }, ("x"):rep(20000)
    reg:import("REGEDIT4\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\disk]\n\"Start\"=dword:4\n")
    assert(#reg:keys() == 3 and reg["CurrentControlSet\\Services\\disk"].Start == 4)
    for name, value in reg:values("Setup") do
        assert(name and value)
    end
    reg["Select"] = nil
end
