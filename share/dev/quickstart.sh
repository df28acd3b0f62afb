#!/bin/sh
# From a fresh clone to a finished pipeline: installs what is missing, builds weir into
# build/release, runs the example pipeline and shows what came of it.
set -eu
cd "$(dirname "$0")/../.."
. share/dev/build-env.sh

step() {
    printf '\n== %s\n' "$*"
}

step "packages"
sh share/dev/install-deps.sh --build --example
echo "all there"

step "build (release, into build/release)"
configure release
cmake --build --preset release --parallel "$jobs"
root=$PWD
weir=$root/build/release/apps/weir/weir

# The example keeps everything it makes in one folder, so that it can be run again or thrown away.
out=$root/build/quickstart
mkdir -p "$out"
export WEIR_STATE_DIR="$out/state" WEIR_CACHE_DIR="$out/cache"

step "the example pipeline, share/examples/variants"
(
    cd "$out"
    PATH=$(dirname "$weir"):$PATH
    export PATH
    weir run "$root/share/examples/variants/main.nf" --outdir "$out/results"
)

step "results, in $out/results"
(cd "$out/results" && find . \( -type f -o -type l \) | sort | sed 's/^\.\//  /')

step "the summary table"
cat "$out/results/summary.tsv"

step "weir jobs list"
"$weir" jobs list

cat <<END

weir is $weir
Read on: README.md, and share/examples/variants/main.nf as a first lesson.
END
