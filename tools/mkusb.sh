#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Make an image of a USB stick for UEFI: FAT32 with the loader for each processor and the site's files. Written to
# a stick with dd, or served by HTTP Boot under a name that ends in .img.
#
#   tools/mkusb.sh IMAGE BUILD FILE...
set -euo pipefail

image=$1 build=$2
shift 2
export MTOOLS_SKIP_CHECK=1

for file in "$@"; do
    if [ "$(stat -Lc %s "$file")" -ge $((4 << 30)) ]; then
        echo "mkusb.sh: $file: FAT has no files of 4 GiB or more" >&2
        exit 1
    fi
done
# What the files take, and the FAT and unused ends of clusters besides; FAT32 needs at least 33 MB.
kib=$(du --apparent-size -Lkc "$build/wimboot" "$build/wimboot.arm64" "$@" | tail -n 1 | cut -f 1)
rm -f "$image"
mkfs.fat -F 32 -n WIMBOOT -C "$image" $((kib + kib / 50 + 40 * 1024)) >/dev/null
mmd -i "$image" ::/EFI ::/EFI/BOOT
mcopy -i "$image" "$build/wimboot" ::/EFI/BOOT/BOOTX64.EFI
mcopy -i "$image" "$build/wimboot.arm64" ::/EFI/BOOT/BOOTAA64.EFI
[ $# -eq 0 ] || mcopy -i "$image" "$@" ::/
ls -l "$image"
