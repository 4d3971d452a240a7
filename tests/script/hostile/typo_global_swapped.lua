-- expect: did you mean 'files'?
print(flies["boot.wim"])
