#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Install what the build and the tests need, on Debian 12 and 13 and their relatives. Does nothing where all
# is there already.
#
#   tools/setup.sh          everything
#   tools/setup.sh build    only what is needed to build the loader and the preview tool
set -euo pipefail

# The build. dpkg-dev unpacks Lua's source package, which `make` fetches.
# clang and lld build what is for another processor.
packages=(git gcc libc6-dev make nasm binutils clang lld python3 gnu-efi libxxhash-dev dpkg-dev ca-certificates)
# The tests.
test_packages=(
    # unit tests, fuzzing, lint
    check valgrind llvm libclang-rt-dev clang-format clang-tidy cppcheck lua-check gcc-multilib
    # independent tools that the tests compare with
    wimtools libwim-dev libhivex-dev libhivex-bin libwin-hivex-perl python3-hivex reglookup chntpw mtools dosfstools xxhash cpio lz4 openssl
    ntfs-3g-dev p7zip-full sbsigntool xorriso man-db nbdkit nbdkit-plugin-dev libnbd-bin
    # guests
    qemu-system-x86 qemu-system-arm qemu-efi-aarch64 qemu-user ovmf ipxe ipxe-qemu gcc-mingw-w64-i686
    grub-pc-bin grub-efi-amd64-bin grub-common genisoimage udftools syslinux syslinux-common systemd-boot-efi
    dnsmasq-base iproute2
)
case $#:${1:-} in
0:) packages+=("${test_packages[@]}") ;;
1:build) ;;
*) echo "usage: tools/setup.sh [build]" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup.sh: run as root: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
echo "setup.sh: installing ${missing[*]}"
"${as_root[@]}" apt-get update
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
