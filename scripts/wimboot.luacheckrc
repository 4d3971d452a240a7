-- For luacheck: what a script for wimboot may use. Save it as .luacheckrc beside your scripts.
return {
    std = {
        read_globals = {
            "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "print",
            "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber",
            "tostring", "type", "_G", "_VERSION", "coroutine", "math", "string", "table", "utf8",
            "bcd", "console", "drivers", "fetch", "file", "iso", "log", "map", "menu", "net", "registry", "text",
            "verify", "volumes", "wim",
            boot = { other_fields = true, read_only = false },
            disk = { other_fields = true, read_only = false },
            files = { other_fields = true, read_only = false },
            on = { fields = { "files", "wim", "bcd", "map", "disk" }, read_only = false },
        },
    },
    max_line_length = 120,
}
