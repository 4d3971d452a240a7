-- SPDX-License-Identifier: BSD-2-Clause
-- verify{}: what is right passes.
verify {
    ["hello.txt"] = "sha1:2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
    ["HELLO.TXT"] = "SHA256:B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9",
    ["boot.wim"] = "crc32:" .. files["boot.wim"]:hash("crc32"),
}
verify {}
assert(not pcall(verify) and not pcall(verify, 1) and not pcall(verify, { 1 }) and not pcall(verify, { x = {} }))
