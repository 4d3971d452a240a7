-- SPDX-License-Identifier: BSD-2-Clause
-- text: data that administrators keep in files, and templates; damaged ones are named with the line.
local function fails(expected, call, ...)
    local good, problem = pcall(call, ...)
    assert(not good and problem:find(expected, 1, true), tostring(problem) .. ", not " .. expected)
end

-- UTF-16 with a byte order mark, as PowerShell writes it.
local function utf16(plain)
    return "\xFF\xFE" .. plain:gsub(".", "%0\0")
end

---- JSON

local value = text.json [[ { "a": [1, -2.5e2, "x", true, null, {}], "b": { "c": null, "": false }, "a\u00fc\ud83d\ude00": "\"\\\/\b\f\n\r\t" } ]]
assert(#value.a == 6 and value.a[1] == 1 and math.type(value.a[1]) == "integer" and value.a[2] == -250.0)
assert(value.a[3] == "x" and value.a[4] == true and value.a[5] == false and next(value.a[6]) == nil)
assert(value.b.c == nil and value.b[""] == false and value["aü😀"] == "\"\\/\b\f\n\r\t")
assert(text.json("0") == 0 and text.json("-0.5") == -0.5 and text.json('"\\ud800x"') == "\u{FFFD}x")
assert(text.json("9223372036854775807") == math.maxinteger and text.json("1e2") == 100.0)
assert(text.json(utf16 '{"a": "b"}').a == "b" and text.json("\xEF\xBB\xBF[]")[1] == nil)
assert(text.json(file.new("a.json", "[7]"))[1] == 7 and text.json("null") == nil)
for broken, problem in pairs {
    [""] = ":1: not a value", ["{"] = ":1: the name of a member", ["[1,]"] = ":1: not a value", ["[1 2]"] = "',' or ']'",
    ['{"a" 1}'] = "':' is missing", ['{"a":1,}'] = "the name of a member", ["{a:1}"] = "the name of a member",
    ['"a'] = "does not end", ['"\\x"'] = "an escape", ['"\\u12g4"'] = "four hexadecimal digits", ["01"] = "after the value",
    ["1."] = "not a value", [".5"] = "not a value", ["+1"] = "not a value", ["1e"] = "not a value", ["nul"] = "not a value",
    ["0x10"] = "after the value", ["[1]\n\n]"] = ":3: there is something after", ['"a\nb"'] = "line break", ["-"] = "not a value",
    ["NaN"] = "not a value", ["{\n\n\"a\":\n?}"] = ":4: not a value", ["[1"] = "',' or ']'", ["tru"] = "not a value",
} do
    fails("text.json: the text:", text.json, broken)
    fails(problem, text.json, broken)
end
assert(text.json(("["):rep(64) .. ("]"):rep(64)))
fails("more than 64 lists", text.json, ("["):rep(65))
fails("more than 64 lists", text.json, ("["):rep(100000))
fails("a.json:2: not a value", text.json, file.new("a.json", "[\n?"))
fails("file or string expected", text.json, 7)
fails("file or string expected", text.json, disk)
fails("file or string expected", text.json)

---- INI

local ini = text.ini "top = 1\r\n; comment\n# comment\n[Boot] ; x\nIndex = 3\nName=\"a = b\"\nEmpty=\n[ list ]\none\ntwo, /x\n[BOOT]\nmore=x\n"
assert(ini[""].top == "1" and ini.boot.index == "3" and ini.boot.name == "a = b" and ini.boot.empty == "")
assert(ini.boot.more == "x" and #ini.list == 2 and ini.list[2] == "two, /x" and next(text.ini "") == nil)
assert(text.ini(utf16 "[a]\r\nb=c\r\n").a.b == "c" and text.ini("[a]\nb=\xFC").a.b == "ü")
fails("text.ini: the text:2: a section's name has no ']'", text.ini, "[a]\n[b\n")

---- CSV

local rows = text.csv "name,mac,note\r\nPC-1,52:54:00:12:34:56,\"a, \"\"b\"\"\nc\"\r\n\r\nPC-2, x ,\nPC-3\n"
assert(#rows == 3 and rows[1].name == "PC-1" and rows[1].note == "a, \"b\"\nc" and rows[2].mac == "x")
assert(rows[2].note == nil and rows[3].mac == nil and rows[3].name == "PC-3")
assert(text.csv("a;b;c,d\n1;2;3")[1]["c,d"] == "3" and text.csv("a\tb\n1\t2")[1].b == "2")
assert(text.csv("a,b;c\n1;2,3", { separator = ";" })[1]["a,b"] == "1" and #text.csv "" == 0 and #text.csv "a,b" == 0)
local machines = text.csv(utf16 "Serial;MAC;Site\nABC1;52-54-00-AB-CD-EF;hq\nabc2;5254.00ab.cdee;branch\n;;none\nABC1;;moved\n",
    { key = "MAC" })
assert(machines["52:54:00:ab:cd:ef"].Site == "hq" and machines["5254.00AB.CDEE"].Site == "branch" and machines.x == nil)
assert(machines[nil] == nil and machines[7] == nil)
local by_serial = text.csv("serial,site\nABC1,hq\nAABBCCDDEEFF,x\nabc1,moved\n", { key = "serial" })
assert(by_serial.ABC1.site == "moved" and by_serial.abc1.site == "moved" and by_serial.aabbccddeeff.site == "x")
fails("text.csv: the text:3: more fields than", text.csv, "a,b\n1,2\n1,2,3\n")
fails("text.csv: the text:4: there is something after", text.csv, "a\n\"x\ny\"\n\"z\" z\n")
fails("text.csv: the text:2: a field in quotes does not end", text.csv, "a\n\"x\n\n")
fails("there is no column 'mac'", text.csv, "a,b\n", { key = "mac" })
fails("more than 200 columns", text.csv, ("x,"):rep(300))
fails("separator must be one character", text.csv, "a", { separator = ", " })
fails("separator must be one character", text.csv, "a", { separator = '"' })
fails("table expected", text.csv, "a", 7)

---- lines

local function list(data)
    local result = {}
    for line in text.lines(data) do
        result[#result + 1] = "<" .. line .. ">"
    end
    return table.concat(result)
end
assert(list "a\r\n\nb" == "<a><><b>" and list "" == "" and list "\n" == "<>" and list(utf16 "a\r\nb\n") == "<a><b>")
assert(list "\xEF\xBB\xBFa\n\xFC\n" == "<a><ü>" and list(files["hello.txt"]) == "<hello world>")
local long = file.new("long.txt", ("x"):rep(65534), "\r\n", ("y"):rep(65536), "\n", ("0123456\n"):rep(20000))
local count, last = 0, nil
for line in text.lines(long) do
    count, last = count + 1, line
end
assert(count == 20002 and last == "0123456")
fails("text.lines: long.txt:2: a line of more than 65536 bytes", list, file.new("long.txt", "a\n", ("x"):rep(70000)))
fails("file or string expected", text.lines, 7)

---- templates

local template = "<Name>${name}</Name>\n$${name} ${count} ${flag} $ {x} $"
assert(text.fill(template, { name = "R&D <\"'>", count = 3, flag = true })
    == "<Name>R&amp;D &lt;&quot;&apos;&gt;</Name>\n${name} 3 true $ {x} $")
assert(text.fill("set X=${x}\r\n", { x = "a&b" }, "plain") == "set X=a&b\r\n" and text.fill("", {}) == "")
assert(text.fill(utf16 '<?xml version="1.0" encoding="UTF-16"?><a>${x}</a>', { x = "utf-16" })
    == '<?xml version="1.0" encoding="utf-8"?><a>utf-16</a>')
local with_default = setmetatable({}, { __index = function(_, name) return "no " .. name end })
assert(text.fill("${a}", with_default) == "no a" and text.fill("${a b}", { ["a b"] = "c" }) == "c")
fails("text.fill: the text:2: ${naem} is a nil, not a text", text.fill, "\n${naem}", { name = "x" })
fails("text.fill: the text:1: ${x} is a table", text.fill, "${x}", { x = {} })
fails("text.fill: the text:2: '${' without '}'", text.fill, "\n${x\n}", { x = 1 })
fails("table expected", text.fill, "x")
fails("invalid option", text.fill, "x", {}, "html")
fails("unknown function", function() return text.xml end)
