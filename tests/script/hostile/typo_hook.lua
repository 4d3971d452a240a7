-- expect: there is no hook 'wmi' (known: bcd, disk, files, map, verdict, wim)
function on.wmi() end
-- SPDX-License-Identifier: BSD-2-Clause
