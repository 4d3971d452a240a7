#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Everything that `make check` runs, one after the other; each part ends with "N passed, N failed"
# and, where there is reason, ", N skipped"; the last line adds them up. Parts can be named: tests/check.sh unit lint.
set -uo pipefail
cd "$(dirname "$0")/.."

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(unit image tools-test plugin-test script-test growth-test guest preview-test ipxe-test lint)
passed=0 failed=0 skipped=0
for part in "${parts[@]}"; do
    started=$SECONDS
    echo "=== $part"
    output=$(mktemp)
    make --no-print-directory -j"$(nproc)" "$part" 2>&1 | tee "$output"
    status=${PIPESTATUS[0]}
    if [[ $(grep -E '[0-9]+ passed, [0-9]+ failed' "$output" | tail -n 1) =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)? ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
        [ "$status" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
    else
        echo "$part ended with status $status before its summary"
        failed=$((failed + 1))
    fi
    rm -f "$output"
    echo "=== $part took $((SECONDS - started)) s"
done
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
