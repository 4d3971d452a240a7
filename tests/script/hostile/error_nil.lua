-- expect: a value of type nil
error(nil)
