#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Make images of discs with independent tools, and with udf_image.py, where those make no such image. Beside each
# IMAGE is the folder IMAGE.files: what was put in, which 7-Zip or GRUB's driver has found in it (unless it is marked as
# "known", or refused).
#
#   make_samples.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

random() { # random SEED SIZE: bytes that are the same each time
    openssl enc -aes-128-ctr -pass "pass:$1" -nosalt -in <(head -c "$2" /dev/zero) 2> /dev/null
}
mkdir -p tree/sources/deep/deeper tree/boot/fonts many/folder
random wim 300001 > tree/sources/boot.wim
random bcd 24576 > tree/boot/bcd
random sdi 70000 > tree/boot/boot.sdi
random font 4000 > tree/boot/fonts/wgl4_boot.ttf
random manager 30000 > tree/bootmgr
echo deep > tree/sources/deep/deeper/file.txt
: > tree/empty.bin
cp -r tree unicode
random letters 5000 > "unicode/sources/Ünïcode 日本語.txt"
cp -r tree holes
dd if=/dev/zero of=holes/sources/boot.wim bs=2048 seek=25 count=50 conv=notrunc status=none
for i in $(seq 400); do echo "$i" > "many/folder/a rather long name of a file, so that directories are large $i.txt"; done
mkdir large
truncate -s 5368709120 large/install.wim
printf start | dd of=large/install.wim conv=notrunc status=none
printf middle | dd of=large/install.wim seek=4294967296 oflag=seek_bytes conv=notrunc status=none
printf end | dd of=large/install.wim seek=5368709117 oflag=seek_bytes conv=notrunc status=none

judge() { # judge IMAGE TREE: 7-Zip is to find what was put in, whatever the case of the names
    7z x -y -o"$1.files" "$1" > /dev/null
    diff -r "$1.files" "$2"
}
grub() { # grub IMAGE TREE: GRUB's driver as the judge, for what 7-Zip of some releases cannot read
    cp -r "$2" "$1.files"
    (cd "$2" && find . -type f -size +0 -print) | while read -r path; do
        grub-fstest "$1" cmp "/$path" "$2/$path" || exit 1
    done
}
unless_refused() { # unless_refused IMAGE TREE: the same, but GRUB of Debian 13 refuses files with further descriptors
    (grub "$1" "$2") 2> "$1.said" || grep -q 'invalid ae length' "$1.said"
}
known() { # known IMAGE TREE: no judge of all releases can read this image
    mkdir "$1.files"
    if ! 7z x -y -o"$1.files" "$1" > /dev/null 2>&1 || ! diff -rq "$1.files" "$2" > /dev/null; then
        rm -rf "$1.files"
        cp -r "$2" "$1.files"
    fi
}
udf() { # udf JUDGE IMAGE TREE [OPTION...]
    "$here/udf_image.py" "$2" "$3" "${@:4}"
    "$1" "$2" "$3"
}
genisoimage -quiet -udf -J -o genisoimage-udf.iso unicode
judge genisoimage-udf.iso unicode
genisoimage -quiet -J -o genisoimage-joliet.iso unicode 2> /dev/null
judge genisoimage-joliet.iso unicode
genisoimage -quiet -iso-level 1 -o genisoimage-9660.iso tree 2> /dev/null
7z x -y -ogenisoimage-9660.iso.files genisoimage-9660.iso > /dev/null
xorriso -as mkisofs -quiet -iso-level 3 -J -o xorriso-joliet.iso unicode 2> /dev/null
judge xorriso-joliet.iso unicode
xorriso -as mkisofs -quiet -iso-level 3 -o xorriso-9660.iso tree 2> /dev/null
7z x -y -oxorriso-9660.iso.files xorriso-9660.iso > /dev/null
genisoimage -quiet -udf -J -joliet-long -o genisoimage-many.iso many
judge genisoimage-many.iso many
genisoimage -quiet -iso-level 1 -o two-extents.iso tree/sources 2> /dev/null
"$here/split_extent.py" two-extents.iso 'BOOT.WIM;1'
7z x -y -otwo-extents.iso.files two-extents.iso > /dev/null
cmp two-extents.iso.files/BOOT.WIM tree/sources/boot.wim
genisoimage -quiet -iso-level 1 -o large-9660.image tree/sources 2> /dev/null
"$here/split_extent.py" large-9660.image 'BOOT.WIM;1' 5368709120
7z l -slt large-9660.image BOOT.WIM | grep -qx 'Size = 5368709120'
[ "$(7z x -so large-9660.image BOOT.WIM 2> /dev/null | head -c 5)" = start ]

udf judge plain.udf unicode
udf judge wide.udf unicode --wide
udf judge pieces.udf unicode --pieces 7
udf judge long.udf unicode --pieces 7 --long --revision 150
udf judge embedded.udf tree --embed 1000
udf judge extended.udf unicode --extended --revision 260
udf judge block-512.udf unicode --block 512 --embed 100
udf judge many.udf many
udf grub holes.udf holes --pieces 3 --hole
udf grub block-4096.udf unicode --block 4096
udf unless_refused continued.udf tree --pieces 60 --continue-after 5
udf unless_refused continued-long.udf tree --pieces 60 --continue-after 5 --long
udf known chain.udf unicode --chain
udf known late-anchor.udf tree --late-anchor
udf known metadata.udf unicode --metadata --extended --revision 250
udf known metadata-embedded.udf tree --metadata --embed 1000 --revision 260
udf known metadata-mirror.udf tree --metadata --mirror --revision 250
udf known sparable.udf tree --sparable --revision 150
"$here/udf_image.py" spared.bad tree --spared --revision 150
"$here/udf_image.py" virtual.bad tree --virtual --revision 150
"$here/udf_image.py" large.image large --long
# mkudffs makes empty volumes, of all revisions, block sizes and partitions.
for kind in hd:0x0102 hd:0x0201 dvd:0x0102 dvdram:0x0201 cdrw:0x0201; do
    image=mkudffs-${kind/:/-}.udf
    truncate -s 20M "$image"
    mkudffs --media-type="${kind%:*}" --udfrev="${kind#*:}" --label=Leer "$image" > /dev/null
    mkdir "$image.files"
done
for size in 1024 4096; do
    truncate -s 20M "mkudffs-$size.udf"
    mkudffs --blocksize=$size "mkudffs-$size.udf" > /dev/null
    mkdir "mkudffs-$size.udf.files"
done
truncate -s 20M mkudffs-virtual.bad
mkudffs --media-type=cdr --udfrev=0x0201 mkudffs-virtual.bad > /dev/null
touch ready
