-- expect: boot: unknown field 'smbois'
print(boot.smbois)
