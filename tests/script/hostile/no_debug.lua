-- expect: undefined global 'debug'
debug.getregistry()
