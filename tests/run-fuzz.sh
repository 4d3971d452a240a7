#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run each libFuzzer target for some seconds on its committed corpus (the folder corpus/NAME beside
# the target's source, or tests/fuzz/corpus/NAME). New inputs go to build/fuzz-corpus.
set -uo pipefail

seconds=$1
shift
bad=0
for program in "$@"; do
    name=$(basename "$program")
    source=${program#build/fuzz/}
    work=build/fuzz-corpus/$name
    mkdir -p "$work"
    seeds=()
    [ -d "$(dirname "$source")/corpus/$name" ] && seeds=("$(dirname "$source")/corpus/$name")
    log=build/fuzz-corpus/$name.log
    "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$work-crash-" "$work" "${seeds[@]}" >"$log" 2>&1
    status=$?
    runs=$(grep -oE 'number_of_executed_units: [0-9]+' "$log" | grep -oE '[0-9]+$')
    echo "$name: ${runs:-0} inputs in $seconds s, $([ $status -eq 0 ] && echo 'no finding' || echo "FINDING, see $log")"
    [ $status -eq 0 ] || bad=$((bad + 1))
done
echo "$(($# - bad)) passed, $bad failed"
[ $bad -eq 0 ]
