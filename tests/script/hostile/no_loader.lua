-- expect: undefined global 'loader'
loader.load("default")
