#!/bin/sh
# How fast the language is: start-up, checking, and values through operators. WEIR names the program.
#
# Real scripts are other people's: WEIR_BENCH_PIPELINE names a pipeline's folder (the largest at hand), WEIR_BENCH_CORPUS a
# folder of many scripts (nf-core/modules). What is not given is left out, in one line.
exec python3 "$(dirname "$0")/lang_bench.py" "${WEIR:?names the weir program to measure}"
