-- expect: a pattern can have 4096 characters
("x"):find(("x"):rep(5000))
