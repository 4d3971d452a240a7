-- expect: file: unknown field 'length'
print(files["boot.wim"].length)
