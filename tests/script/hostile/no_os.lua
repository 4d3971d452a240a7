-- expect: undefined global 'os'
os.execute("true")
