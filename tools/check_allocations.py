#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""No bare product is the size of an allocation: it can overflow, and then the memory is too small
for what is written. memory_allocate_array() and its relatives check the product.

    check_allocations.py FILE.c ...
"""

import re
import sys

ALLOCATION = re.compile(r"\b(memory_allocate(?:_array|_zeroed)?|memory_resize(?:_array)?|"
                        r"pool_allocate(?:_array|_content)?|platform_allocate(?:_content)?|"
                        r"platform_resize|malloc|calloc|realloc|bindings_allocate|"
                        r"lua_newuserdatauv|luaL_buffinitsize|luaL_prepbuffsize)\(")
# clang-format writes pointers as "type *name": with a space on both sides it is a product. One of
# constants is the compiler's business.
CONSTANT = re.compile(r"\b[0-9]+ \* sizeof")
PRODUCT = re.compile(r" \* ")


def call_at(text, start):
    """The text of a call's arguments, from after the parenthesis to its counterpart."""
    depth, end = 1, start
    while depth > 0 and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[start:end - 1]


def check(path):
    """Print each product in a file; return how many there are."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    count = 0
    for call in ALLOCATION.finditer(text):
        arguments = " ".join(call_at(text, call.end()).split())
        if PRODUCT.search(CONSTANT.sub("sizeof", arguments)):
            line = text.count("\n", 0, call.start()) + 1
            print("%s:%d: a product as a size: %s(%s)" % (path, line, call.group(1), arguments))
            count += 1
    return count


if __name__ == "__main__":
    sys.exit(1 if sum(check(path) for path in sys.argv[1:]) else 0)
