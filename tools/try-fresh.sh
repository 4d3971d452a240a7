#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Try the README's commands on fresh machines: a debootstrap chroot for each release and user. Needs root,
# debootstrap and, for each, 4 GB of disk.
#
#   tools/try-fresh.sh [RELEASE/USER ...] [-- COMMAND ...]
#
# USER is root or "user", who has sudo and, as Debian sets it up, no /usr/sbin in PATH. Without arguments:
# Debian 12 and 13, both users, and set-up, demo and check. What is tried is the last commit of this clone.
#
#   FOLDER  where the chroots are. One that exists is used again, with what was built in it; remove it for
#           a fresh one. Beside each is its log. (/var/tmp/wimboot-fresh)
#   MIRROR  where packages come from (http://deb.debian.org/debian)
set -euo pipefail
cd "$(dirname "$0")/.."

FOLDER=${FOLDER:-/var/tmp/wimboot-fresh}
MIRROR=${MIRROR:-http://deb.debian.org/debian}

machines=() commands=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do machines+=("$1"); shift; done
[ $# -eq 0 ] || { shift; commands=("$@"); }
[ ${#machines[@]} -gt 0 ] || machines=({bookworm,trixie}/{root,user})
[ ${#commands[@]} -gt 0 ] || commands=(tools/setup.sh "make demo" "make check")

[ "$(id -u)" -eq 0 ] || { echo "try-fresh.sh: chroots need root" >&2; exit 1; }
PATH=$PATH:/usr/sbin
command -v debootstrap >/dev/null || { echo "try-fresh.sh: apt-get install debootstrap" >&2; exit 1; }

# prepare RELEASE USER ROOT: a chroot with nothing but what a minimal installation has, and a clone in it.
prepare() {
    local release=$1 user=$2 root=$3 home
    mkdir -p "$FOLDER/packages"
    if [ ! -e "$root/ready" ]; then
        rm -rf "$root"
        debootstrap --variant=minbase --include=ca-certificates,sudo --cache-dir="$FOLDER/packages" \
            "$release" "$root" "$MIRROR"
        chroot "$root" useradd --create-home --shell /bin/bash user
        echo "user ALL=(ALL) NOPASSWD: ALL" > "$root/etc/sudoers.d/user"
        echo "127.0.0.1 localhost $(hostname)" > "$root/etc/hosts"
        # Packages are kept, for the next chroot.
        echo 'APT::Keep-Downloaded-Packages "true";' > "$root/etc/apt/apt.conf.d/keep"
        touch "$root/ready"
    fi
    home=$root$(chroot "$root" su - "$user" -c pwd)
    if [ -e "$home/wimboot" ]; then
        git -c safe.directory='*' -C "$home/wimboot" fetch --quiet "$PWD" HEAD
        git -c safe.directory='*' -C "$home/wimboot" reset --quiet --hard FETCH_HEAD
    else
        git clone --quiet --no-hardlinks . "$home/wimboot"
    fi
    chroot "$root" chown -R "$user": "${home#"$root"}/wimboot"
}

# run_inside ROOT USER COMMAND: in namespaces of its own, so that mounts and processes end with the command.
run_inside() {
    local root=$1 user=$2 command=$3
    unshare --mount --pid --fork --kill-child bash -c '
        mount --make-rprivate / && mount -t proc proc "$0/proc" && mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm" &&
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" &&
        mkdir -p "$0/var/cache/apt/archives" && mount --bind "$1" "$0/var/cache/apt/archives" &&
        cd / && exec chroot "$0" su - "$2" -c "cd wimboot && $3"' \
        "$root" "$(realpath "$FOLDER/packages")" "$user" "$command" </dev/null
}

failed=0
for machine in "${machines[@]}"; do
    release=${machine%/*} user=${machine#*/}
    root=$FOLDER/$release-$user
    log=$root.log
    mkdir -p "$FOLDER"
    echo "=== $machine (log: $log)"
    if ! prepare "$release" "$user" "$root" >"$log" 2>&1; then
        echo "FAILED: the chroot; $log ends with:"
        tail -n 5 "$log"
        failed=1
        continue
    fi
    for command in "${commands[@]}"; do
        started=$SECONDS status=ok
        begin=$(wc -l <"$log")
        echo "=== $command" >>"$log"
        run_inside "$root" "$user" "$command" >>"$log" 2>&1 || status=FAILED failed=1
        closing=$(tail -n "+$((begin + 1))" "$log" | grep -E '^(demo: |(guest tests: )?[0-9]+ passed, )' | tail -n 1) || true
        printf '%-6s %s (%d s): %s\n' "$status" "$command" $((SECONDS - started)) \
            "${closing:-$(tail -n 1 "$log")}"
    done
done
exit "$failed"
