#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run Check programs, show what they print, and add up what they report.
set -uo pipefail

passed=0 failed=0
for program in "$@"; do
    output=$("$program" 2>&1)
    status=$?
    printf '%s\n' "$output"
    summary=$(grep -oE 'Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+' <<<"$output" | tail -n 1)
    if [[ $summary =~ Checks:\ ([0-9]+),\ Failures:\ ([0-9]+),\ Errors:\ ([0-9]+) ]]; then
        bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
        passed=$((passed + BASH_REMATCH[1] - bad)) failed=$((failed + bad))
        [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && failed=$((failed + 1)) # a leak found at the end
    else
        echo "$program: ended with status $status before its summary"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
