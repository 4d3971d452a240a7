#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Check that what a make target needs is installed, and name the package of what is not.
#
#   tools/need.sh build|unit|image|fuzz|bench|guest|lint
set -uo pipefail

need() { # need THING PACKAGE: a command, or a file with a path
    case $1 in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
    esac || missing+=("$2")
}

missing=()
case $1 in
build)
    need gcc gcc
    need nasm nasm
    need ld binutils
    need /usr/bin/python3 python3
    need /usr/include/efi/efi.h gnu-efi
    need /usr/include/xxhash.h libxxhash-dev
    ;;
unit)
    need /usr/include/check.h check
    need wimlib-imagex wimtools
    need /usr/include/wimlib.h libwim-dev
    need /usr/include/hivex.h libhivex-dev
    need hivexregedit libwin-hivex-perl
    need hivexsh libhivex-bin
    need mcopy mtools
    need fsck.fat dosfstools
    need xxhsum xxhash
    need cpio cpio
    need openssl openssl
    need grub-fstest grub-common
    ;;
image)
    need sbsign sbsigntool
    need openssl openssl
    need clang clang
    need ld.lld lld
    ;;
fuzz) need clang clang ;;
bench)
    need /usr/include/wimlib.h libwim-dev
    need /usr/include/ntfs-3g/volume.h ntfs-3g-dev
    ;;
guest)
    need qemu-system-x86_64 qemu-system-x86
    need /usr/share/OVMF/OVMF_CODE_4M.fd ovmf
    need /usr/lib/ipxe/qemu/efi-e1000.rom ipxe-qemu
    need i686-w64-mingw32-gcc gcc-mingw-w64-i686
    need clang clang
    need lld-link lld
    need wimlib-imagex wimtools
    need mcopy mtools
    need xorriso xorriso
    need sbsign sbsigntool
    need openssl openssl
    ;;
lint)
    need git git
    need clang-format clang-format
    need clang-tidy clang-tidy
    need cppcheck cppcheck
    need luacheck lua-check
    ;;
esac
[ ${#missing[@]} -eq 0 ] && exit 0
echo "Missing for this target: apt-get install ${missing[*]}   (or all at once: tools/setup.sh)" >&2
exit 1
