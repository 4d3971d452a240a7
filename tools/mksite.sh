#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Lay out a folder for a web and TFTP server: the loader under the names that firmware and iPXE ask for, the
# site's files, and an iPXE script for machines with a BIOS.
#
#   tools/mksite.sh FOLDER BUILD FILE...
set -euo pipefail

folder=$1 build=$2
shift 2
mkdir -p "$folder"
cp "$build/wimboot" "$folder/wimboot"
cp "$build/wimboot" "$folder/wimboot.efi"
cp "$build/wimboot.arm64" "$folder/wimboot.arm64.efi"
[ $# -eq 0 ] || cp -- "$@" "$folder"

# iPXE's own program for BIOS is in Debian's package ipxe.
ipxe=/usr/lib/ipxe/undionly.kpxe
if [ -e "$ipxe" ]; then
    cp "$ipxe" "$folder"
else
    echo "mksite.sh: no $ipxe (package ipxe): machines with a BIOS need one" >&2
fi

# In BIOS scripts cannot fetch: iPXE gives them all files.
{
    echo '#!ipxe'
    script=
    for file in "$@"; do
        [ "${file##*/}" != wimboot.lua ] || script=' script=wimboot.lua'
    done
    echo "kernel wimboot$script"
    for file in "$@"; do
        name=${file##*/}
        echo "initrd --name $name $name $name"
    done
    echo boot
} >"$folder/boot.ipxe"
ls -l "$folder"
