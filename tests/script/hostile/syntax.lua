-- expect: syntax.lua:2:
if then
