-- expect: ran for 10 million instructions|read more than
local models = ("card = I, PCI\\CC_0200\n"):rep(20000)
files["x.inf"] = "[Version]\n[Manufacturer]\nm = M, NTamd64\n[M.NTamd64]\n" .. models
while true do
    local f = files["x.inf"]
    drivers.match(files)
    files["x.inf"] = f
end
-- SPDX-License-Identifier: BSD-2-Clause
