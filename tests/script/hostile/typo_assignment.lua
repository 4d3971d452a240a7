-- expect: assignment to undefined global 'index'
index = 3
