-- SPDX-License-Identifier: BSD-2-Clause
-- Boot only what the manifest lists, and only as it lists it. The digests are those of the files of
-- this project's tests: put in what `sha256sum` prints for yours.
--
-- Preview: hello.txt boot.wim
-- Prints: everything is as the manifest says

local manifest = {
    ["hello.txt"] = "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
}
local unchecked = { ["boot.wim"] = true, ["verify_manifest.lua"] = true }

for name in pairs(files) do
    if not manifest[name] and not unchecked[name] then
        error(name .. " is not in the manifest")
    end
end
verify(manifest)
print("everything is as the manifest says")
