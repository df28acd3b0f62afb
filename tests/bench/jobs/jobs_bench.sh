#!/usr/bin/env bash
# Benchmarks of the job table and of followers; README.md has the targets. Needs python3 and sqlite3's file format only
# through weir itself.
exec python3 "$(dirname "$0")/jobs_bench.py" "${WEIR:?the weir binary}"
