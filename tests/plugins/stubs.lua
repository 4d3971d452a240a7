-- SPDX-License-Identifier: BSD-2-Clause
-- What a script sees of the stubs. Then it fails, as there is nothing to boot.
assert(stub.answer() == 42)
assert(files["stub.txt"]:read() == "given")
assert(files["stub.txt"]:hash("count") == "05")
assert(fetch("stub://server/file"):read() == "fetched")
assert(net.udp("10.0.0.1", 7, "hello") == "hello")
error("all stubs answer")
