-- expect: menu: unknown key 'titel'
menu { titel = "x", { "a" } }
