#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Formatting and static analysis of everything that git tracks; what is asked of C files is in lint.mk.
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
mapfile -t products < <(git ls-files '*.c' '*.h' | grep -vE '^tests/|/(test|fuzz|bench)_')
mapfile -t scripts < <(git ls-files 'scripts/*.lua' 'host/*.lua')

check layers tools/check_layers.py
check allocations tools/check_allocations.py "${products[@]}"
version=$(clang-format --version | grep -oE '[0-9]+' | head -n 1)
if [ "$version" = "$CLANG_FORMAT_VERSION" ]; then
    check clang-format clang-format --dry-run -Werror "${all[@]}"
else
    echo "skipped: clang-format: this is version $version, and the code is formatted as $CLANG_FORMAT_VERSION does"
    skipped=$((skipped + 1))
fi
lint_make() { make --no-print-directory -k -j"$(nproc)" "$1"; }
check clang lint_make lint-clang # and clang-tidy
check cppcheck lint_make lint-cppcheck
check 'unused functions' lint_make lint-unused
[ ${#scripts[@]} -eq 0 ] || check luacheck luacheck --quiet "${scripts[@]}"
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
