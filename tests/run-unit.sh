#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run Check programs, one on each processor, show what they print and how long they took, and add up what they
# report. A line "skipped: TEST: WHY" of a program takes that test out of those that passed. RUN=COMMAND is what runs
# programs for another processor.
set -uo pipefail

outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT
export outputs
# Check ends a test after 4 s, which is little on a busy machine.
export CK_DEFAULT_TIMEOUT=60

run() { # run PROGRAM: keeps the output and, as its last line, the status
    local output status
    output=$(${RUN:-} "$1" 2>&1)
    status=$?
    printf '%s (%d s)\n%s\n' "$1" "$SECONDS" "$output"
    printf '%s\n%d\n' "$output" "$status" >"$outputs/${1//\//_}"
}
export -f run
printf '%s\0' "$@" | xargs -0 -r -n 1 -P "$(nproc)" bash -c 'run "$0"'

passed=0 failed=0 skipped=0
for program in "$@"; do
    output=$outputs/${program//\//_}
    status=$(tail -n 1 "$output")
    summary=$(grep -oE 'Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+' "$output" | tail -n 1)
    if [[ $summary =~ Checks:\ ([0-9]+),\ Failures:\ ([0-9]+),\ Errors:\ ([0-9]+) ]]; then
        bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
        left_out=$(grep -c '^skipped: ' "$output")
        passed=$((passed + BASH_REMATCH[1] - bad - left_out))
        failed=$((failed + bad)) skipped=$((skipped + left_out))
        [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && failed=$((failed + 1)) # a leak found at the end
    else
        echo "$program: ended with status $status before its summary"
        failed=$((failed + 1))
    fi
done
[ "$failed" -eq 0 ] || for program in "$@"; do
    grep -E ':[FE]:' "$outputs/${program//\//_}"
done
[ "$skipped" -eq 0 ] || grep -h '^skipped: ' "$outputs"/*
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
