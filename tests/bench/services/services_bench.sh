#!/usr/bin/env bash
# What services and gates cost, as one table; README.md has the targets. A line that says MISSED misses its own.
exec python3 "$(dirname "$0")/services_bench.py" "${WEIR:?the weir binary, in its build folder}"
