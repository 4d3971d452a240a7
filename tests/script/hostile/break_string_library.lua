-- expect: attempt to call
string.format = nil
