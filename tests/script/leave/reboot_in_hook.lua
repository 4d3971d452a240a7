-- SPDX-License-Identifier: BSD-2-Clause
function on.disk()
    coroutine.resume(coroutine.create(boot.reboot))
    while true do
        pcall(error)
    end
end
