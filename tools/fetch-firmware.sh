#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Fetch firmware, shim and iPXE of newer Debian releases for the guest tests, without installing them:
# packages are downloaded through a private apt configuration and unpacked.
#
#   tools/fetch-firmware.sh FOLDER RELEASE PACKAGE...      into FOLDER/RELEASE
#
# A package of another processor is PACKAGE:arm64.
# MIRROR=http://deb.debian.org/debian is where from. Does nothing where all is there already.
set -euo pipefail

folder=$(realpath -m "$1") release=$2
shift 2
mirror=${MIRROR:-http://deb.debian.org/debian}
root=$folder/$release
apt=$folder/.apt-$release

missing=()
for package in "$@"; do
    [ -e "$root/.$package" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

mkdir -p "$root" "$apt"/{lists/partial,cache/archives/partial,etc}
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$release" \
    > "$apt/etc/sources.list"
options=(-o "Dir::Etc::SourceList=$apt/etc/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o Dir::State::Status=/dev/null
    -o APT::Architecture=amd64 -o APT::Architectures::=amd64 -o APT::Architectures::=arm64
    -o APT::Sandbox::User= -o Acquire::Languages=none)
apt-get "${options[@]}" -qq update
for package in "${missing[@]}"; do
    rm -rf "$apt/package" && mkdir "$apt/package"
    (cd "$apt/package" && apt-get "${options[@]}" -qq download "$package")
    dpkg -x "$apt/package"/*.deb "$root"
    touch "$root/.$package"
done
