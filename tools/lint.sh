#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Formatting and static analysis of everything that git tracks. Needs a built tree (Lua's headers).
# Prints what it finds; the last line is "N passed, N failed" and, where a tool is another version than ours,
# ", N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."

# Each version of clang-format formats some things in another way. This one's way is ours: Debian 12's.
CLANG_FORMAT_VERSION=14

passed=0 failed=0 skipped=0
check() { # check NAME COMMAND...
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "lint: $name failed"
        failed=$((failed + 1))
    fi
}

mapfile -t all < <(git ls-files '*.c' '*.h')
mapfile -t core < <(git ls-files 'loader/*.c' 'lua/*.c' 'host/*.c' 'plugins/*.c' |
    grep -vE '/(test|fuzz|bench)_|^plugins/(int13|blockio|efi_fs|efi_initrd)/')
mapfile -t products < <(git ls-files '*.c' '*.h' | grep -vE '^tests/|/(test|fuzz|bench)_')
mapfile -t tests < <(git ls-files 'tests/unit/*.c' 'tests/fuzz/*.c' 'tests/bench/*.c' 'plugins/*.c' |
    grep -E '/(test|fuzz|bench)_')
mapfile -t scripts < <(git ls-files 'scripts/*.lua' 'host/*.lua')

flags=(-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-unused-parameter -Wno-string-concatenation -I. -Iloader
    -DWIMBOOT_VERSION='"0"' -DWIMBOOT_HOMEPAGE='"x"' -DWIMBOOT_ARCH='"x86_64"' -isystem /usr/include/efi -DGNU_EFI_USE_MS_ABI -fshort-wchar $(make -s print-lua-flags))
parallel() { # parallel COMMAND... -- FILES...: one file a process, on all cores
    local command=()
    while [ "$1" != -- ]; do command+=("$1"); shift; done
    shift
    printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I{} "${command[@]}" {}
}
tidy() { clang-tidy --quiet "$1" -- "${flags[@]}" 2>/dev/null; }
compile() { clang -fsyntax-only "${flags[@]}" "$1"; }
export -f tidy compile
export FLAGS_TEXT="${flags[*]@Q}"

check layers tools/check_layers.py
check allocations tools/check_allocations.py "${products[@]}"
version=$(clang-format --version | grep -oE '[0-9]+' | head -n 1)
if [ "$version" = "$CLANG_FORMAT_VERSION" ]; then
    check clang-format clang-format --dry-run -Werror "${all[@]}"
else
    echo "skipped: clang-format: this is version $version, and the code is formatted as $CLANG_FORMAT_VERSION does"
    skipped=$((skipped + 1))
fi
check clang parallel bash -c 'eval "flags=($FLAGS_TEXT)"; compile "$0"' -- "${core[@]}" "${tests[@]}"
check clang-tidy parallel bash -c 'eval "flags=($FLAGS_TEXT)"; tidy "$0"' -- "${core[@]}"
# Suppressed: the bounds of linker sections (plugin.h) are no pointers into one object; and a queue that is
# filled before it is read, which cppcheck does not follow.
check cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability \
    --inline-suppr --suppress=missingIncludeSystem --suppress=comparePointers \
    --suppress=uninitvar:plugins/lzms/adaptive_code.c -j "$(nproc)" -I. -Iloader "${core[@]}"
[ ${#scripts[@]} -eq 0 ] || check luacheck luacheck --quiet "${scripts[@]}"
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
