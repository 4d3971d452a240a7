-- expect: boot: unknown field 'idnex' (known: args, index,
boot.idnex = 3
