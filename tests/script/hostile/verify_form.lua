-- expect: is not of the form algorithm:hexadecimal digest
verify { ["boot.wim"] = "0123" }
