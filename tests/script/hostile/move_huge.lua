-- expect: table.move: too many elements
table.move({}, 1, 1 << 40, 2)
