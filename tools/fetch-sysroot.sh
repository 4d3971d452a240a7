#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Fetch the C library and other libraries of Debian for another processor, without installing them or
# adding an architecture to this machine: packages and all that they depend on are downloaded through a
# private apt configuration and unpacked, for a compiler's --sysroot and for qemu-user's -L.
#
#   tools/fetch-sysroot.sh FOLDER ARCHITECTURE PACKAGE...      ARCHITECTURE is Debian's: arm64, i386
#
# MIRROR=http://deb.debian.org/debian is where from. Replaces FOLDER.
set -euo pipefail

folder=$(realpath -m "$1") architecture=$2
shift 2
mirror=${MIRROR:-http://deb.debian.org/debian}
work=$folder.fetch

rm -rf "$work" "$folder"
mkdir -p "$work"/{root/usr/lib,lists/partial,cache/archives/partial,etc}
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror" \
    > "$work/etc/sources.list"
options=(-qq -o "Dir::Etc::SourceList=$work/etc/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Dir::State::Status=/dev/null
    -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" -o APT::Install-Recommends=false
    -o Debug::NoLocking=true -o APT::Sandbox::User= -o Acquire::Languages=none)
ln -s usr/lib "$work/root/lib" # where programs look for their loader
apt-get "${options[@]}" update
apt-get "${options[@]}" --download-only -y install "$@"
for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --keep-directory-symlink --exclude=./usr/share
done
mv "$work/root" "$folder"
rm -rf "$work"
