-- SPDX-License-Identifier: BSD-2-Clause
-- log.text() and boot.log.
assert(log.text():find("^%[ +0%.%d%d%d%] the first line\n"))
boot.quiet = true
log.warn("nobody", "sees this")
console.write("nor is this kept")
assert(log.text():find("warning: nobody\tsees this\n$"))
assert(boot.log == nil)
boot.log = true
assert(boot.log == true)
boot.log = false
assert(boot.log == false)
boot.log = nil
assert(boot.log == nil and not pcall(function() boot.log = 1 end))
for _ = 1, 300 do
    print(("x"):rep(80))
end
assert(#log.text() < 16 * 1024 + 1 and log.text():find("x\n%[...%]\n$"))
