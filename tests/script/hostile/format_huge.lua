-- expect: invalid conversion|too long
print(string.format("%999d", 1))
