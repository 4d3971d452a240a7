-- expect: undefined global 'dofile'
dofile("x")
