-- SPDX-License-Identifier: BSD-2-Clause
-- w:inject_all(): by a pattern, by a list; the files go nowhere else.
files["Tools\\a.exe"] = "a"
files["Tools\\more\\b.exe"] = "b"
files["tools.txt"] = "not in the folder"
files["one.cmd"] = "1"
files["two.cmd"] = "2"
local kept = file.new("kept.txt", "kept")
local w = wim.open(files["boot.wim"])
assert(w:inject_all("\\Deploy", "tools/*") == 2 and w:inject_all("\\Deploy", "nothing*") == 0)
assert(w:find("\\Deploy\\a.exe"):read() == "a" and w:find("/Deploy/more/b.exe"):read() == "b")
assert(w:find("\\Deploy\\tools.txt") == nil and files["tools.txt"] and files["Tools\\a.exe"] == nil)
assert(w:inject_all("Scripts", { files["one.cmd"], "two.cmd", kept }, 3) == 3)
assert(w:find("\\Scripts\\two.cmd", 3):read() == "2" and w:find("\\Scripts\\kept.txt", 3) and not w:find("\\Scripts"))
assert(files["one.cmd"] == nil and files["two.cmd"] == nil)
local function fails(expected, ...)
    local good, problem = pcall(w.inject_all, ...)
    assert(not good and problem:find(expected, 1, true), tostring(problem))
end
fails("item 2: there is no file 'none'", w, "\\x", { kept, "none" })
fails("item 1: neither a file nor the name of one", w, "\\x", { 7 })
fails("needs a directory", w)
fails("needs a directory", w, "\\x", 7)
fails("wim expected", {}, "\\x", "*")
