-- expect: boot.smbios: unknown field 'modell' (known: manufacturer,
print(boot.smbios.modell)
