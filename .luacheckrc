-- For `luacheck scripts host tests`: what the loader's Lua has, and what it has not.
std = {
    read_globals = {
        "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "print", "rawequal",
        "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber", "tostring", "type",
        "_G", "_VERSION", "coroutine", "math", "string", "table", "utf8",
        "bcd", "console", "fetch", "file", "log", "map", "menu", "verify", "wim",
        boot = { other_fields = true, read_only = false },
        disk = { other_fields = true, read_only = false },
        files = { other_fields = true, read_only = false },
        on = { fields = { "files", "wim", "bcd", "map", "disk" }, read_only = false },
    },
}
max_line_length = 120
files["scripts/site.lua"] = { globals = { "on", "map", "menu", "verify" } }
files["scripts/meta/*.lua"] = { globals = { "boot", "files", "file", "wim", "bcd", "disk", "on", "map", "menu",
    "verify", "console", "log", "require", "fetch" }, ignore = { "212", "241", "122", "142", "121", "131", "431" } }
files["tests/script/api/menu.lua"] = { ignore = { "122" } } -- plays the keyboard
exclude_files = { "tests/script/hostile" }
