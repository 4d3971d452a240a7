-- expect: file.name cannot be changed
files["boot.wim"].name = "x"
