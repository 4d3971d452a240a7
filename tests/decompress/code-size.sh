#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Print the code size (.text) of each decompressor and of what they share, in the two images.
set -euo pipefail

for image in bios efi-x86_64; do
    printf '.text, %s:' "$image"
    total=0
    for part in $(dirname plugins/*/vectors) loader/compression/huffman loader/compression/decompressor; do
        if [ -d "$part" ]; then
            objects=("build/$image/$part/"*.o)
        else
            objects=("build/$image/$part.o")
        fi
        bytes=$(size -A "${objects[@]}" | awk '/^\.text/ { sum += $2 } END { print sum }')
        printf ' %s %d,' "${part#*/}" "$bytes"
        total=$((total + bytes))
    done
    printf ' together %d bytes\n' "$total"
done
