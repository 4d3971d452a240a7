-- expect: boot.version cannot be changed
boot.version = "9"
