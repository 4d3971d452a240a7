#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# check_size.sh FILE BYTES: whether a file has at most that many bytes.
set -euo pipefail
size=$(stat -c %s "$1")
[ "$size" -le "$2" ] || { echo "$1: $size bytes, and $2 are the limit (docs/architecture.md, What it costs)" >&2; exit 1; }
