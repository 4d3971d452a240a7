-- expect: undefined global
rawset(_G, "print", nil)
