boot.index = 1
assert(require("common.lua") == require("common"))
print("Grüße")
assert(#"ü" == 2)
