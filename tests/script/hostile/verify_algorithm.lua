-- expect: unknown algorithm 'md5' (known: 
verify { ["boot.wim"] = "md5:0123" }
