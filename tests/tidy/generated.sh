#!/bin/sh
# The checked-in completions and man pages are what weir's option tables give today.
# WEIR_TEST_ACCEPT=1 writes them anew.
set -eu
: "${WEIR:?names the weir program to test}"
root=$(cd "$(dirname "$0")/../.." && pwd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/completions" "$made/man"
"$WEIR" completion bash >"$made/completions/weir.bash"
"$WEIR" completion zsh >"$made/completions/_weir"
"$WEIR" completion fish >"$made/completions/weir.fish"
bash -n "$made/completions/weir.bash"
if command -v scdoc >/dev/null; then
    sh "$root/man/make.sh" "$made/man"
else
    cp "$root"/man/weir* "$made/man"
    echo "scdoc is missing: the man pages were not compared"
fi
if [ "${WEIR_TEST_ACCEPT-}" = 1 ]; then
    cp "$made"/completions/* "$root/completions/"
    cp "$made"/man/* "$root/man/"
    exit 0
fi
status=0
for file in "$made"/*/*; do
    name=${file#"$made"/}
    diff -u "$root/$name" "$file" || status=1
done
[ $status -eq 0 ] || echo "stale; WEIR_TEST_ACCEPT=1 ctest -R tidy.generated writes them anew" >&2
exit $status
