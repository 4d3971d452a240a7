#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Turn the built-in Lua scripts, compiled, into a C table (loader side: lua/builtin.h)."""
import os
import sys


def main():
    paths = sorted(sys.argv[1:])
    print('#include "lua/builtin.h"\n')
    for number, path in enumerate(paths):
        with open(path, "rb") as script:
            data = script.read()
        print(f"static const unsigned char script_{number}[{len(data)}] = {{")
        for start in range(0, len(data), 20):
            print("    " + "".join(f"{byte}," for byte in data[start:start + 20]))
        print("};")
    print("const struct builtin_script builtin_scripts[] = {")
    for number, path in enumerate(paths):
        name = os.path.splitext(os.path.basename(path))[0]
        print(f'    {{"{name}.lua", script_{number}, sizeof(script_{number})}},')
    print("    {0, 0, 0},\n};")


main()
