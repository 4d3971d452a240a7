-- For `luacheck scripts host tests`: what any script for wimboot may use, and who may do more.
local shared = dofile("scripts/wimboot.luacheckrc")
std, max_line_length = shared.std, shared.max_line_length
files["scripts/site.lua"] = { globals = { "on", "map", "menu", "verify", "drivers" } }
files["scripts/meta/*.lua"] = { globals = { "boot", "files", "file", "wim", "bcd", "disk", "on", "map", "menu",
    "verify", "console", "log", "require", "fetch", "iso", "net", "volumes", "drivers", "registry", "text" },
    ignore = { "212", "241", "122", "142", "121", "131", "431" } }
files["tests/script/api/menu.lua"] = { ignore = { "122" } } -- plays the keyboard
exclude_files = { "tests/script/hostile" }
