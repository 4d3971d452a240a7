-- SPDX-License-Identifier: BSD-2-Clause
-- Several WIMs: boot.wim boots; without one of that name, the one with a boot index.
boot.check = false -- the boot configuration names boot.wim
files["other.wim"] = files["boot.wim"]
files["boot.wim"] = nil
files["aaa.wim"] = files["other.wim"]:slice(0, files["other.wim"].size)

function on.wim(_, f)
    assert(f.name == "other.wim" or f.name == "aaa.wim")
end
