-- expect: console: unknown function 'prnt'
console.prnt("x")
