#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Make the files that the script tests play with, in a folder: a boot.wim of three images in the
# shape of Windows PE's, with programs that are nothing but headers, and a second, smaller WIM.
#
#   make_samples.sh FOLDER
set -euo pipefail

folder=$1
rm -rf "$folder"
mkdir -p "$folder"

# The header of a boot.sdi, its records of a partition and of the place of the WIM, and nothing in them.
sdi() {
    /usr/bin/python3 - <<'EOF'
import struct
import sys
size = 65536
data = bytearray(size)
data[0:8] = b"$SDI0001"
struct.pack_into("<8sQQQQ", data, 0x400, b"PART", 0, 0x2000, size - 0x2000, 7)
struct.pack_into("<8sQQQQ", data, 0x440, b"WIM", 0, size, 0, 0)
sys.stdout.buffer.write(data)
EOF
}

# program i386|x86_64: the headers of a program with one section, which does nothing.
program() {
    /usr/bin/python3 - "$1" <<'EOF'
import struct
import sys
machine, magic = {"i386": (0x14C, 0x10B), "x86_64": (0x8664, 0x20B)}[sys.argv[1]]
dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
coff = b"PE\0\0" + struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, 224, 0x102)
optional = struct.pack("<HBBIIIIII", magic, 9, 0, 512, 0, 0, 0x1000, 0x1000, 0x2000)
optional += struct.pack("<III", 0x400000, 0x1000, 0x200) + bytes(16) + struct.pack("<II", 0x2000, 0x200)
optional += bytes(4) + struct.pack("<H", 16)
section = struct.pack("<8sIIII", b".text", 512, 0x1000, 512, 0x200) + bytes(16)
headers = (dos + coff + optional.ljust(224, b"\0") + section).ljust(512, b"\0")
sys.stdout.buffer.write(headers + b"\xc3" + bytes(3583))
EOF
}

image() {
    local number=$1 root=$folder/image$1
    local boot=$root/Windows/Boot
    mkdir -p "$boot"/{PXE,EFI,EFI_EX,Fonts,DVD/EFI,DVD/PCAT} "$root/Windows/System32/config"
    cp tests/data/registry/SYSTEM "$root/Windows/System32/config/SYSTEM"
    program i386 > "$boot/PXE/bootmgr.exe"
    program x86_64 > "$boot/EFI/bootmgfw.efi"
    program x86_64 > "$boot/EFI_EX/bootmgfw_EX.efi"
    printf 'stl %s' "$number" > "$boot/EFI/boot.stl"
    for font in segmono_boot segoe_slboot segoen_slboot wgl4_boot; do
        printf 'font %s' "$font" > "$boot/Fonts/$font.ttf"
    done
    cp tests/data/bcd/BCD.winpe-bios "$boot/DVD/PCAT/BCD"
    cp tests/data/bcd/BCD.winpe-efi "$boot/DVD/EFI/BCD"
    sdi | tee "$boot/DVD/PCAT/boot.sdi" > "$boot/DVD/EFI/boot.sdi"
    printf 'wpeinit\r\n' > "$root/Windows/System32/startnet.cmd"
    printf 'image %s' "$number" > "$root/Windows/System32/image.txt"
    mkdir -p "$root/Windows/System32/boot"
    program i386 > "$root/Windows/System32/boot/winload.exe"
    program x86_64 | tee "$root/Windows/System32/winload.efi" > "$root/Windows/System32/boot/winload.efi"
}

for number in 1 2 3; do
    image $number
done
{
    wimlib-imagex capture "$folder/image1" "$folder/boot.wim" "Image 1" "First" --compress=LZX
    wimlib-imagex append "$folder/image2" "$folder/boot.wim" "Image 2" "Second" --boot
    wimlib-imagex append "$folder/image3" "$folder/boot.wim" "Image 3" "Third"
    wimlib-imagex capture "$folder/image1" "$folder/small.wim" "Small" --compress=none --boot
} > /dev/null
program x86_64 > "$folder/bootx64.efi"

# What is on a disc of Windows Setup, as far as it is needed for booting.
disc=$folder/disc
mkdir -p "$disc"/{boot/fonts,efi/boot,efi/microsoft/boot,sources}
cp "$folder/boot.wim" "$disc/sources/boot.wim"
cp tests/data/bcd/BCD.winpe-bios "$disc/boot/bcd"
cp tests/data/bcd/BCD.winpe-efi "$disc/efi/microsoft/boot/bcd"
cp "$folder/bootx64.efi" "$disc/efi/boot/"
sdi > "$disc/boot/boot.sdi"
printf 'not a program' > "$disc/sources/setup.exe"
genisoimage -quiet -udf -J -V WINDOWS -o "$folder/win.iso" "$disc"
touch "$folder/ready"
