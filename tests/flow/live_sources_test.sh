#!/usr/bin/env bash
# Channels that go on as long as somebody reads: files that appear while the run goes on, and intervals.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
until_true() { local i; for ((i = 0; i < 1000; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.02; done; fail "never: $*"; return 1; }
mkdir in
echo old >in/old.txt
cat >watch.nf <<'NF'
process COUNT {
    input: path f
    output: tuple val(f.name), stdout
    script: "wc -l < $f"
}
workflow {
    println 'watching'
    files = channel.watchPath('in/*.txt', 'create,modify,delete')
    files.until { f -> f.name == 'DONE.txt' }.filter { f -> f.exists() }.set { there }
    COUNT(there).map { name, count -> "$name ${count.trim()}" }.view()
    files.until { f -> f.name == 'DONE.txt' }.filter { f -> !f.exists() }.view { f -> "gone ${f.name}" }
}
NF
weir run watch.nf -q >out 2>err &
run=$!
until_true grep -q watching out
printf 'a\nb\n' >in/x.txt
until_true grep -qx 'x.txt 2' out
echo c >>in/x.txt
until_true grep -qx 'x.txt 3' out
rm in/x.txt
until_true grep -qx 'gone x.txt' out
touch in/DONE.txt
wait $run; expect "exit status" $? 0
expect "nothing else" "$(sort out)" "$(printf '%s\n' 'gone x.txt' watching 'x.txt 2' 'x.txt 3')"

echo 'workflow { channel.interval("20ms").map { i -> i * 2 }.take(3).view() }' >interval.nf
weir run interval.nf -q >out 2>&1; expect "interval: exit status" $? 0
expect "interval" "$(cat out)" "$(printf '0\n2\n4')"

echo 'workflow { println "begun"; channel.interval("1h").view() }' >endless.nf
weir run endless.nf -q >out 2>&1 &
run=$!
until_true grep -q begun out
until_true eval "weir jobs status --json | jq -e '.run.state == \"running\"'"
kill -INT $run
wait $run; expect "interrupted: exit status" $? 130

echo 'workflow { channel.watchPath("none/here/*.txt").view(); println "begun" }' >nowhere.nf
weir run nowhere.nf >out 2>&1; expect "a folder that is not there: exit status" $? 0
expect_text "a folder that is not there" out "Cannot watch a non-existent directory: $PWD/none/here"

for wrong in 'watchPath("in/*", "creat")' 'interval("soon")'; do
  echo "workflow { channel.$wrong.view() }" >wrong.nf
  weir run wrong.nf >out 2>&1; expect "$wrong: exit status" $? 3
  expect_text "$wrong" out "wrong.nf:1:12: 'channel.${wrong%%(*}'"
done
finish
