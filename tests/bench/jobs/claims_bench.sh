#!/usr/bin/env bash
# Claims a second with 1, 8 and 64 processes at one job table, beside bare SQLite. On a local disk:
# BENCH_DIR, else the temporary folder. SECONDS_EACH: of each measurement, 2.
set -euo pipefail
: "${WEIR:?the weir binary, in its build folder}"
bench=${WEIR%/apps/weir/weir}/tests/bench/jobs/bench_claims
exec "$bench" "${BENCH_DIR:-${TMPDIR:-/tmp}}" "${SECONDS_EACH:-2}"
