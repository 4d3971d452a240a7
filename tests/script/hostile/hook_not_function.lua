-- expect: on.files: a hook is a function, not a number
on.files = 3
