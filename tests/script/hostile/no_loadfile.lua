-- expect: undefined global 'loadfile'
loadfile("x")
