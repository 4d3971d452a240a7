-- expect: disk
function on.map() return "..\\x" end
