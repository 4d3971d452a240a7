-- expect: fact_missing.lua:4: attempt to index a nil value (field 'product'): this machine tells no product
-- SPDX-License-Identifier: BSD-2-Clause
local facts = boot.smbios
print(facts.product:find("Opti"))
