-- expect: a value of type table
error({})
