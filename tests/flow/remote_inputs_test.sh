#!/usr/bin/env bash
# Files of a web server as a pipeline uses them: staged, read, looked at; served by a real nginx.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/nginx.sh"
cd "$scratch" || exit 1
read -r plain tls proxy <<<"$(free_ports 3)"
web=http://localhost:$plain
mkdir -p www
printf '>chr1\nACGT\n' >www/genome.fa
printf "sample,reads\na,$web/a.fq.gz\nb,$web/b.fq.gz\n" >www/sheet.csv
for s in a b; do printf '@%s\nACGT\n+\nIIII\n' $s | gzip -n >www/$s.fq.gz; done
echo '{"looks": "like a message"}' >www/facts.json
serve "$plain" <<CONF
  server {
    listen 127.0.0.1:$plain;
    location /moved.fa { return 302 https://localhost:$tls/genome.fa; }
    location /denied { return 403; }
    location /slow { limit_rate 1; alias $scratch/www/genome.fa; }
  }
  server { listen 127.0.0.1:$proxy; location / { proxy_pass $web; } }
  server { listen 127.0.0.1:$tls ssl; }
CONF
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
export SSL_CERT_FILE=$scratch/cert.pem

cat >main.nf <<'NF'
params.web = ''
process COUNT {
    input:
    tuple val(sample), path(reads), path(genome)
    output:
    stdout
    script:
    """
    echo "$sample \$(zcat $reads | wc -l) $reads \$(head -n 1 $genome) $genome"
    """
}
workflow {
    sheet = channel.fromPath("${params.web}/sheet.csv", checkIfExists: true)
        .splitCsv(header: true)
        .map { row -> [row.sample, file(row.reads, checkIfExists: true)] }
    genome = file("${params.web}/moved.fa?token=1")
    COUNT(sheet.map { s, r -> [s, r, genome] }).view { v -> v.trim() }
    facts = new groovy.json.JsonSlurper().parse(file("${params.web}/facts.json"))
    println "facts: ${facts.looks}"
    println "size: ${genome.size()}, there: ${file(params.web + '/nothing').exists()}, name: ${genome.name}"
    genome.copyTo('copied.fa')
}
NF
weir run main.nf -q --web "$web" >out 2>err || fail "the run: $(cat err)"
expect "what it printed" "$(sort out)" "$(printf '%s\n' 'a 4 a.fq.gz >chr1 moved.fa' 'b 4 b.fq.gz >chr1 moved.fa' \
  'facts: like a message' 'size: 11, there: false, name: moved.fa' | sort)"
expect_same "copyTo" copied.fa www/genome.fa
weir run main.nf -q -resume --web "$web" --with-trace trace >out2 2>err || fail "resume: $(cat err)"
expect_same "the same again" <(sort out) <(sort out2)
expect "nothing ran again" "$(grep -c CACHED trace)" 2
printf '@a\nAC\n+\nII\n@a\nAC\n+\nII\n' | gzip -n >www/a.fq.gz
touch -d '2001-01-01' www/a.fq.gz
weir run main.nf -q -resume --web "$web" --with-trace trace2 >out3 2>err || fail "changed: $(cat err)"
expect_text "the changed file" out3 "a 8 a.fq.gz"
expect "the other is as it was" "$(grep -c CACHED trace2)" 1

# What goes wrong is said with the address.
for name in nothing denied; do
  printf 'process P { input: path x; script: "cat $x" }\nworkflow { P(file("%s/%s")) }\n' "$web" $name >bad.nf
  weir run bad.nf >bad.out 2>&1; expect "$name: exit status" $? 1
  expect_text "$name" bad.out "$web/$name"
done
printf 'workflow { file("%s/nothing", checkIfExists: true) }\n' "$web" >missing.nf
weir run missing.nf >missing.out 2>&1; expect "checkIfExists: exit status" $? 1
expect_text "checkIfExists" missing.out "$web/nothing"
echo 'workflow { println file("gs://bucket/x").text }' >gs.nf
weir run gs.nf >gs.out 2>&1; expect "another scheme: exit status" $? 1
expect_text "another scheme" gs.out "gs://bucket/x"

# Configurations include others by address, and those theirs by a name beside them.
mkdir -p www/conf/more configured
echo 'process.cpus = 2
includeConfig "more/inner.config"' >www/conf/base.config
echo 'process.memory = "1 GB"' >www/conf/more/inner.config
echo "includeConfig '$web/conf/base.config'" >configured/nextflow.config
(cd configured && weir config >../config.out 2>&1) || fail "a remote configuration: $(cat config.out)"
expect_text "a remote configuration" config.out "cpus = 2"
expect_text "what it includes" config.out "memory = '1 GB'"
echo "includeConfig '$web/nothing.config'" >configured/nextflow.config
(cd configured && weir config >../config.out 2>&1); expect "no such configuration: exit status" $? 2
expect_text "no such configuration" config.out "'$web/nothing.config' does not exist"

# Where a proxy is named it is asked, and looks the host up.
echo 'workflow { println file("http://far.invalid/facts.json").text.trim() }' >proxied.nf
http_proxy=http://localhost:$proxy weir run proxied.nf -q >proxied.out 2>&1 || fail "by a proxy: $(cat proxied.out)"
expect "by a proxy" "$(cat proxied.out)" "$(cat www/facts.json)"
http_proxy=http://localhost:$proxy no_proxy=.invalid weir run proxied.nf -q >proxied.out 2>&1; expect "no_proxy: exit status" $? 75
expect_text "no_proxy" proxied.out "far.invalid"

# Neither a transfer nor a script that computes for ever keeps a run from being ended.
printf 'workflow { channel.of(1).map { x -> println "begun"; file("%s/slow").text }.view() }\n' "$web" >slow.nf
echo 'workflow { channel.of(1).map { x -> println "begun"; 1000000000000.times { y -> x + y } }.view() }' >endless.nf
for script in slow endless; do
  weir run $script.nf --name $script >$script.out 2>&1 &
  run=$!
  for ((i = 0; i < 100000; i++)); do grep -q begun $script.out && break; done
  kill -TERM $run
  wait $run; expect "$script: exit status" $? 143
  expect "$script: the record" "$(weir jobs status --json | jq -r '.run | .state + " " + .reason')" "cancelled user_cancel"
done
finish
