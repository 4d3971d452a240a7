-- expect: unfinished string
print("abc
