#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Check that what a make target needs is installed, and say what is not, where it was looked for, and which
# package has it.
#
#   tools/need.sh build|sign|usb|nbd|unit|processors|growth|image|preview|fuzz|bench|guest|lint
set -uo pipefail

missing=()
# need PACKAGE THING...: a command, or a file with a path; one of them is enough
need() {
    local package=$1 thing
    shift
    for thing in "$@"; do
        case $thing in
        /*) [ ! -e "$thing" ] || return ;;
        *) ! command -v "$thing" >/dev/null || return ;;
        esac
    done
    case $1 in
    /*) echo "missing: $(sed 's/ / or /g' <<<"$*") (package $package)" >&2 ;;
    *) echo "missing: $1, looked for in $PATH (package $package)" >&2 ;;
    esac
    missing+=("$package")
}

case $1 in
build)
    need gcc gcc
    need nasm nasm
    need binutils ld
    need clang clang
    need lld ld.lld
    need python3 /usr/bin/python3
    need gnu-efi /usr/include/efi/efi.h
    need libxxhash-dev /usr/include/xxhash.h
    ;;
sign) need sbsigntool sbsign ;;
usb)
    need dosfstools mkfs.fat
    need mtools mcopy
    ;;
nbd) need nbdkit-plugin-dev /usr/include/nbdkit-plugin.h ;;
unit)
    need check /usr/include/check.h
    need gcc-multilib /usr/lib32/crt1.o
    need wimtools wimlib-imagex
    need libwim-dev /usr/include/wimlib.h
    need libhivex-dev /usr/include/hivex.h
    need libwin-hivex-perl hivexregedit
    need libhivex-bin hivexsh
    need reglookup reglookup
    need chntpw reged
    need mtools mcopy
    need dosfstools fsck.fat
    need xxhash xxhsum
    need cpio cpio
    need lz4 lz4
    need openssl openssl
    need sbsigntool sbsign
    need grub-common grub-fstest
    need genisoimage genisoimage
    need xorriso xorriso
    need udftools mkudffs
    need p7zip-full 7z
    need grub-efi-amd64-bin /usr/lib/grub/x86_64-efi/monolithic/gcdx64.efi
    need clang clang
    need lld lld-link
    need llvm llvm-readobj
    ;;
processors)
    need clang clang
    need lld ld.lld
    need qemu-user qemu-aarch64
    ;;
image)
    need lz4 lz4
    need sbsigntool sbsign
    need openssl openssl
    need clang clang
    need lld ld.lld
    ;;
growth) need valgrind valgrind ;;
preview)
    need wimtools wimlib-imagex
    need nbdkit nbdkit
    need libnbd-bin nbdcopy
    need man-db man
    need genisoimage genisoimage
    ;;
fuzz)
    need clang clang
    need libclang-rt-dev /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a
    ;;
bench)
    need libwim-dev /usr/include/wimlib.h
    need ntfs-3g-dev /usr/include/ntfs-3g/volume.h
    ;;
guest)
    need qemu-system-x86 qemu-system-x86_64
    need ovmf /usr/share/OVMF/OVMF_CODE_4M.fd
    need ipxe-qemu /usr/lib/ipxe/qemu/efi-e1000.rom /usr/share/qemu/efi-e1000.rom
    need ipxe /usr/lib/ipxe/ipxe.efi
    need gcc-mingw-w64-i686 i686-w64-mingw32-gcc
    need clang clang
    need lld lld-link
    need wimtools wimlib-imagex
    need mtools mcopy
    need dosfstools mkfs.fat
    need xorriso xorriso
    need genisoimage genisoimage
    need p7zip-full 7z
    need python3-hivex /usr/lib/python3/dist-packages/hivex/__init__.py
    need grub-common grub-mkrescue
    need grub-pc-bin /usr/lib/grub/i386-pc/kernel.img
    need syslinux syslinux
    need syslinux-common /usr/lib/syslinux/modules/bios/linux.c32
    need systemd-boot-efi /usr/lib/systemd/boot/efi/systemd-bootx64.efi
    need sbsigntool sbsign
    need openssl openssl
    ;;
lint)
    need git git
    need clang-format clang-format
    need clang-tidy clang-tidy
    need cppcheck cppcheck
    need nbdkit-plugin-dev /usr/include/nbdkit-plugin.h
    need lua-check luacheck
    ;;
esac
[ ${#missing[@]} -eq 0 ] && exit 0
echo "For this target: apt-get install ${missing[*]}   (or all at once: tools/setup.sh)" >&2
exit 1
