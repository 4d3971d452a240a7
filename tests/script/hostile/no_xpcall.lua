-- expect: undefined global 'xpcall'
xpcall(print, print)
