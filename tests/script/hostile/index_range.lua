-- expect: boot_index|9
boot.index = 9
