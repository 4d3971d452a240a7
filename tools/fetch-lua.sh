#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Fetch Lua's source as the distribution's source package (which has the security fixes that the
# upstream release of the same number lacks) and unpack it, patched, into a folder.
#
#   fetch-lua.sh FOLDER      leaves FOLDER/src/lua.h and the rest
#
# Uses a package list of its own, so the system's apt configuration stays as it is.
set -euo pipefail

folder=$1
work=$folder.fetch

fail() {
    cat >&2 <<EOF
fetch-lua.sh: $1
Lua 5.4's source could not be fetched as a Debian source package. On another system, or without a
network, unpack Lua 5.4's source (5.4.6 or later) yourself and say
    make LUA_SRC=/path/to/lua-5.4.x/src
EOF
    exit 1
}

command -v apt-get >/dev/null || fail "there is no apt-get here"
command -v dpkg-source >/dev/null || fail "dpkg-source is missing: apt-get install dpkg-dev"

rm -rf "$work" "$folder"
mkdir -p "$work/lists/partial"
work=$(cd "$work" && pwd)
chmod -R a+rX "$work"

# Where the system's own packages come from, as source repositories: the distribution's own only.
apt-get indextargets \
    --format 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(CODENAME) $(COMPONENT)' \
    'Created-By: Packages' | grep -i debian | sort -u > "$work/src.list" || true
[ -s "$work/src.list" ] || fail "apt knows no Debian package repository"

options=(-q=2 -o "Dir::Etc::sourcelist=$work/src.list" -o Dir::Etc::sourceparts=-
         -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=)
apt-get "${options[@]}" update >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "apt-get update failed"; }
(cd "$work" && apt-get "${options[@]}" source lua5.4 >"$work/log" 2>&1) ||
    { cat "$work/log" >&2; fail "apt-get source lua5.4 failed"; }
mv "$work"/lua5.4-*/ "$folder"
rm -rf "$work"
