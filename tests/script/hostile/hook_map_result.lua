-- expect: the result must be a path
function on.map() return 7 end
