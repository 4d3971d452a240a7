#!/bin/bash
# Make the files that the script tests play with, in a folder: a boot.wim of three images in the
# shape of Windows PE's, with programs that are nothing but headers, and a second, smaller WIM.
#
#   make_samples.sh FOLDER
set -euo pipefail

folder=$1
rm -rf "$folder"
mkdir -p "$folder"

# program MACHINE: a PE header for that COFF machine (two octal bytes, low one first).
program() {
    printf 'MZ'
    head -c 58 /dev/zero
    printf '\100\0\0\0PE\0\0%b' "$1"
    head -c 4000 /dev/zero
}

image() {
    local number=$1 root=$folder/image$1
    local boot=$root/Windows/Boot
    mkdir -p "$boot"/{PXE,EFI,EFI_EX,Fonts,DVD/EFI,DVD/PCAT} "$root/Windows/System32/config"
    program '\114\001' > "$boot/PXE/bootmgr.exe"
    program '\144\206' > "$boot/EFI/bootmgfw.efi"
    program '\144\206' > "$boot/EFI_EX/bootmgfw_EX.efi"
    printf 'stl %s' "$number" > "$boot/EFI/boot.stl"
    for font in segmono_boot segoe_slboot segoen_slboot wgl4_boot; do
        printf 'font %s' "$font" > "$boot/Fonts/$font.ttf"
    done
    cp tests/data/bcd/BCD.winpe-bios "$boot/DVD/PCAT/BCD"
    cp tests/data/bcd/BCD.winpe-efi "$boot/DVD/EFI/BCD"
    { printf '$SDI0001'; head -c 65528 /dev/zero; } | tee "$boot/DVD/PCAT/boot.sdi" > "$boot/DVD/EFI/boot.sdi"
    printf 'wpeinit\r\n' > "$root/Windows/System32/startnet.cmd"
    printf 'image %s' "$number" > "$root/Windows/System32/image.txt"
    program '\144\206' > "$root/Windows/System32/winload.efi"
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
program '\144\206' > "$folder/bootx64.efi"
touch "$folder/ready"
