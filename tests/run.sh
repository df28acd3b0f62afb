#!/bin/sh
# Installs what is missing, builds with warnings as errors, and runs the tests.
#
#   tests/run.sh            the ordinary tests, with GCC
#   tests/run.sh --clang    the same with Clang
#   tests/run.sh --asan     under the address and undefined-behaviour sanitizers
#   tests/run.sh --tsan     under the thread sanitizer
#   tests/run.sh --tidy     builds with clang-tidy; its findings are errors
#   tests/run.sh --fuzz     a minute of fuzzing for each harness
#   tests/run.sh --bench    the benchmarks, on a release build
#
# More arguments go to ctest (`tests/run.sh -R unit.base`). The last line counts what ran.
set -eu
cd "$(dirname "$0")/.."
. share/dev/build-env.sh

mode=dev
case ${1-} in
    --clang | --asan | --tsan | --tidy | --fuzz | --bench)
        mode=${1#--}
        shift
        ;;
    -h | --help)
        sed -n '2,12s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    --*)
        echo "tests/run.sh: unknown option '$1' (see --help)" >&2
        exit 2
        ;;
esac

# build PRESET TARGET...
build() {
    preset=$1
    shift
    configure "$preset"
    cmake --build "build/$preset" --parallel "$jobs" --target "$@"
}

# run_tests PRESET CTEST-ARGUMENT...: runs the tests, closes with the count.
run_tests() {
    preset=$1
    shift
    report=$PWD/build/$preset/tests.xml
    rm -f "$report"
    status=0
    ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel "$jobs" \
        --output-junit "$report" "$@" || status=$?
    count "$report" || return 1
    return "$status"
}

# count REPORT: "N passed, N failed" from ctest's JUnit report.
count() {
    [ -s "$1" ] || {
        echo "ctest left no report" >&2
        return 1
    }
    awk '
        /<testcase / {
            if (/status="run"/) passed++
            else if (/status="fail"/) failed++
            else if (/status="disabled"/) skipped++
        }
        # a test that could not be started is not one that chose to be skipped
        /<skipped message="SKIP/ { skipped++; next }
        /<skipped / { failed++ }
        END {
            printf "%d passed, %d failed", passed, failed
            if (skipped) printf ", %d skipped", skipped
            print ""
        }' "$1"
}

# benchmark NAME COMMAND...: prints its ratios; it fails when one misses its target.
benchmark() {
    printf '\n== %s\n' "$1"
    shift
    log=build/bench/benchmark.log
    if "$@" >"$log" 2>&1 && ! grep -q MISSED "$log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    cat "$log"
}

run_benchmarks() {
    passed=0
    failed=0
    # As users have it: what the linker wrote lies in the page cache in smaller pieces than a copy,
    # which is a tenth of the time that a short run takes.
    weir=build/bench/installed/bin/weir
    install -D -m 755 build/bench/apps/weir/weir "$weir"
    engine=build/bench/tests/bench/engine/bench_engine
    benchmark "hello script" "$engine" hello "$weir"
    benchmark "1,000 tasks" "$engine" tasks "$weir" 1000
    benchmark "10,000 tasks" "$engine" growth "$weir" 10000
    benchmark "resume of 10,000 tasks" "$engine" resume "$weir" 10000
    benchmark "1,000 sh tasks against make, ninja, xargs and snakemake" "$engine" peers "$weir" 1000
    benchmark "publishing 10,000 files" "$engine" publish "$weir" 10000
    if [ -n "${WEIR_BENCH_LARGE-}" ]; then
        benchmark "100,000 tasks" "$engine" growth "$weir" 100000
        benchmark "resume of 100,000 tasks" "$engine" resume "$weir" 100000
    fi
    for script in tests/bench/*/*_bench.sh; do
        [ -e "$script" ] || continue
        benchmark "$script" env "WEIR=$PWD/$weir" bash "$script"
    done
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

case $mode in
    dev | asan | tsan | bench) sh share/dev/install-deps.sh --test ;;
    *) sh share/dev/install-deps.sh --test --dev ;;
esac

export ASAN_OPTIONS="${ASAN_OPTIONS-detect_leaks=1:detect_stack_use_after_return=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1}"
export TSAN_OPTIONS="${TSAN_OPTIONS-second_deadlock_stack=1:allocator_may_return_null=1}"

case $mode in
    dev | clang)
        build "$mode" all all_verify_interface_header_sets
        run_tests "$mode" -LE slow "$@"
        ;;
    asan | tsan)
        build "$mode" all
        run_tests "$mode" -LE slow "$@"
        ;;
    tidy)
        build tidy all
        run_tests tidy -L unit "$@"
        ;;
    fuzz)
        build fuzz fuzzers
        run_tests fuzz -L fuzz "$@"
        ;;
    bench)
        configure release -B build/bench -DWEIR_TESTS=ON
        cmake --build build/bench --parallel "$jobs" --target weir_program weir_without_gates bench_engine bench_claims bench_services
        run_benchmarks
        ;;
esac
