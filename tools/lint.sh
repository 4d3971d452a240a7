#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Formatting and static analysis of everything that git tracks; what is asked of C files is in lint.mk.
# Prints what it finds; the last line is "N passed, N failed" and, where a tool is another version than ours,
# ", N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."

# Each version of these formats some things in another way and finds other things. What must be clean is what
# Debian 12's say.
declare -A versions=([clang-format]=14 [clang-tidy]=14 [cppcheck]=2.10)

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
mapfile -t products < <(git ls-files '*.c' '*.h' | grep -vE '^tests/|/(test|fuzz|bench)_')
mapfile -t scripts < <(git ls-files 'scripts/*.lua' 'host/*.lua')

check layers tools/check_layers.py
check size tools/check_size.sh build/wimboot $((900 * 1024))
check allocations tools/check_allocations.py "${products[@]}"
judges() { # judges TOOL: is it our version? If not, says so
    local wanted=${versions[$1]} version
    version=$("$1" --version | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
    [[ $version. != "$wanted".* ]] || return 0
    echo "skipped: $1: this is version $version, and the code is checked with $wanted"
    skipped=$((skipped + 1))
    return 1
}
! judges clang-format || check clang-format clang-format --dry-run -Werror "${all[@]}"
lint_make() { make --no-print-directory -k -j"$(nproc)" "$@"; }
if judges clang-tidy; then
    check 'clang or clang-tidy' lint_make lint-clang
else
    check clang lint_make TIDY= lint-clang
fi
if judges cppcheck; then
    check cppcheck lint_make lint-cppcheck
    check 'unused functions' lint_make lint-unused
fi
[ ${#scripts[@]} -eq 0 ] || check luacheck luacheck --quiet "${scripts[@]}"
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
