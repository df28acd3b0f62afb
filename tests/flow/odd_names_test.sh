#!/usr/bin/env bash
# Files, folders and values that nobody should have named so: blanks, quotes, newlines, bytes that are no UTF-8, wildcards,
# leading dashes, names as long as the file system takes; in inputs, outputs, the launch folder and the work folder.
. "$(dirname "$0")/lib.sh"
cat >"$scratch/main.nf" <<'NF'
process COPY {
    publishDir 'results', mode: 'copy'
    input:
    path x
    output:
    path 'out/*'
    script:
    """
    mkdir out
    cat -- ${x} > out/\$(printf '%s' ${x} | md5sum | cut -c 1-8).txt
    cp -- ${x} out/
    """
}
process NAMES {
    input:
    path files, stageAs: 'in ?/*'
    output:
    stdout
    script:
    'find . -name "in*" -type d | while read -r d; do ls -A "$d" | wc -l; done | sort | uniq -c'
}
workflow {
    files = channel.fromPath('data/*', glob: true)
    COPY(files)
    NAMES(COPY.out.flatten().collect())
    NAMES.out.view()
}
NF

# try PLACE: the pipeline in a launch folder of that name
try() {
  local place=$1 name number=0
  mkdir -p "$place/data" && cd "$place" || { fail "cannot make the folder '$place'"; return; }
  printf 'plain\n' >data/plain.txt
  printf 'blank\n' >'data/a name with  blanks.txt'
  printf 'quotes\n' >"data/it's \"quoted\".txt"
  printf 'newline\n' >$'data/two\nlines.txt'
  printf 'bytes\n' >$'data/caf\xe9\xff.txt'
  printf 'dollar\n' >'data/$HOME `id` \x.txt'
  printf 'wild\n' >'data/[a]*?{b}.txt'
  printf 'dash\n' >data/-n.txt
  printf 'long\n' >"data/$(printf 'x%.0s' {1..240}).txt"
  weir run "$scratch/main.nf" >out 2>err </dev/null || { fail "in '$place'"; tail -n 15 err >&2; return; }
  for name in data/*; do
    number=$((number + 1))
    cmp -s -- "$name" "results/out/$(basename -- "$name")" || fail "in '$place': $name was not published as it is"
  done
  expect "files" "$number" 9
  weir run "$scratch/main.nf" -resume >out 2>err </dev/null || fail "resumed in '$place'"
  expect "taken again in '$place'" "$(grep -c 'Cached process' err)" 10
}

try "$scratch/plain"
try "$scratch/launch folder with  blanks"
try "$scratch/it's \"quoted\""
try "$scratch/"$'bytes \xe9\xff'
try "$scratch/dollar \$HOME \`id\` [x]*"

# Paths near the system's limit: 4,096 bytes. What does not fit is refused with a message, never cut.
deep=$scratch/deep
for _ in {1..15}; do deep=$deep/$(printf 'd%.0s' {1..250}); done
mkdir -p "$deep" && cd "$deep" || fail "no deep folder"
printf 'process P { output: path "x.txt"\n script: "echo hi > x.txt" }\nworkflow { P().view { it.name } }\n' >main.nf
weir run main.nf >out 2>err </dev/null
status=$?
if [[ $status -eq 0 ]]; then
  expect_text "deep" out x.txt
else
  expect_text "deep: why not" err "long"
fi
cd "$scratch" && finish
