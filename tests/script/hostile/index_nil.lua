-- expect: attempt to index a nil value (field 'missing.wim')|attempt to index a nil value
print(files["missing.wim"].size)
