#!/usr/bin/env bash
# Gates and probes by https, and objects of S3 servers: 57 and 58 of the acceptance scenarios.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

in_folder() { mkdir -p "$scratch/$1" && cd "$scratch/$1" && cat >main.nf; }
run() { timeout 60 weir run main.nf "$@" >out 2>&1 </dev/null; }
probe_server=$SOURCE/tests/support/probe_server.py
started=()

# serve NAME PROGRAM ARGUMENT...: its folder is $scratch/NAME; its port in $port
serve() {
  mkdir "$scratch/$1"
  python3 "$SOURCE/tests/support/$2" "$scratch/$1" "${@:3}" & started+=($!)
  timeout 20 weir gate wait "file:$scratch/$1/port" || fail "$1: the server does not start"
  port=$(cat "$scratch/$1/port")
}

# https, with a certificate of our own: trusted by SSL_CERT_FILE, refused without it.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key.pem" -out "$scratch/cert.pem" -days 2 -subj /CN=localhost \
  -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' 2>/dev/null || fail "no certificate"
serve tls probe_server.py --tls "$scratch/cert.pem" "$scratch/key.pem"
timeout 20 weir gate wait "https://localhost:$port/health" 2>err
expect "https: an unknown certificate: exit status" $? 1
expect_text "https: an unknown certificate" err certificate
export SSL_CERT_FILE=$scratch/cert.pem
timeout 20 weir gate wait "https://localhost:$port/health"
expect "https: exit status" $? 0
timeout 20 weir gate wait "https://127.0.0.1:$port/warming" --set body='^status: ready$' --poll 10ms
expect "https: body: exit status" $? 0
expect "https: body: asked until it said so" "$(grep -c '^warming ' "$scratch/tls/requests.log")" 3
timeout 20 weir gate wait "https://localhost:$port/nowhere" --poll 10ms 2>err
expect "https: 404: exit status" $? 1
timeout 20 weir gate wait "https://localhost:$port/busy" --poll 10ms
expect "https: Retry-After: exit status" $? 0
[[ $(awk '$1 == "busy" { if (++n == 2) print $2 }' "$scratch/tls/requests.log") -ge 990 ]] || fail "https: Retry-After was passed by"
weir gate check "https://localhost:1/" 2>err
expect "https: nobody there: exit status" $? 8
timeout 20 weir gate wait 'https:no-address' 2>err
expect "https: no address: exit status" $? 2
in_folder probe <<E2
process WEB { service ready: 'https://localhost:\$WEB_PORT/health', liveness: 'https://localhost:\$WEB_PORT/health', livenessPeriod: '20ms', ports: 'web'
              output: path 'port'
              script: "exec python3 $probe_server . --port \\\$WEB_PORT --tls $scratch/cert.pem $scratch/key.pem" }
process ASK { input: path port
              script: "log=\\\$(dirname \\\$(readlink -f \$port))/requests.log; until [ \\\$(grep -c health \\\$log) -ge 3 ]; do sleep 0.01; done" }
workflow { ASK(WEB()) }
E2
echo 'executor.cpus = 4' >nextflow.config
run
expect "https: readiness and liveness: exit status" $? 0
[[ $failures -eq 0 ]] || sed 's/^/    /' out | tail -20 >&2
unset SSL_CERT_FILE

# Archived objects, on a double: no server that can be started here archives anything.
serve s3 archive_server.py
log=$scratch/s3/requests.log
restores() { grep -c "^RESTORE $1 " "$log"; }
env -u AWS_ACCESS_KEY_ID weir gate check s3://data/plain 2>err
expect "s3: no credentials: exit status" $? 2
expect_text "s3: no credentials" err AWS_ACCESS_KEY_ID
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret
wait_for() { timeout 20 weir gate wait "$1" --poll 10ms "${@:2}" 2>err; }
wait_for s3://data/plain; expect "s3: not archived" $? 0
wait_for s3://data/fetched; expect "s3: archived, with a copy" $? 0
expect "s3: a copy that lasts is left alone" "$(restores fetched)" 0
wait_for s3://data/slow --set transientLimit=3; expect "s3: a busy server is asked again" $? 0
wait_for s3://data/nothing; expect "s3: missing: exit status" $? 1
expect_text "s3: missing" err "s3://data/nothing does not exist"
wait_for s3://data/denied; expect "s3: not permitted: exit status" $? 1
wait_for s3://data; expect "s3: no object: exit status" $? 2
wait_for s3://data/run42/; expect "s3: a prefix: exit status" $? 2
expect_text "s3: a prefix" err "names a prefix, not an object"
weir gate check s3://data/tiered 2>err; expect "s3: check does not restore: exit status" $? 8
expect_text "s3: check" err "its restore has not been asked for"
expect "s3: check does not restore" "$(restores tiered)" 0
wait_for s3://data/tiered; expect "s3: intelligent tiering" $? 0
expect "s3: intelligent tiering names no days" "$(grep '^RESTORE tiered' "$log")" "RESTORE tiered Standard -"
wait_for s3://data/hurried --set tier=Expedited; expect "s3: no Expedited restores now" $? 0
expect "s3: Standard instead" "$(grep -c '^RESTORE hurried Standard' "$log")" 1

# 57: ten tasks that share an archived input: one request, and nothing is fetched before the restore is over.
in_folder 57 <<'E2'
process P { input: val x
                   path reads
            output: path 'out'
            script: "cp $reads out; cp $launchDir/../s3/requests.log $launchDir/seen-$x" }
workflow { P(channel.of(1..10), file('s3://data/archived')).collectFile(name: 'all', storeDir: launchDir) }
E2
run
expect "57: without a gate: exit status" $? 1
expect_text "57: without a gate" out "a gate of type 's3' has it restored first"
expect "57: without a gate: no restore" "$(restores archived)" 0
rm -rf work
echo "gates { archive { type = 's3'; days = 3; tier = 'Bulk'; poll = '20ms' } }" >nextflow.config
run
expect "57: exit status" $? 0
expect "57: all ran" "$(ls -d seen-* | wc -l)" 10
expect "57: what they read" "$(sort all | uniq -c | tr -s ' ')" " 10 content of archived"
expect "57: one restore" "$(grep '^RESTORE archived' "$log")" "RESTORE archived Bulk 3"
expect "57: fetched once" "$(grep -c '^GOT archived' "$log")" 1
[[ $(sed -n '/^RESTORE archived/,/^GOT archived/p' "$log" | grep -c '^HEAD archived') -ge 3 ]] || fail "57: fetched before the restore was over"
run -resume
expect "57: resume: exit status" $? 0
expect "57: resume: taken" "$(grep -c 'Cached process' out)" 10
expect "57: resume: nothing is fetched" "$(grep -c '^GOT archived' "$log")" 1
# The copy goes with the last run that used it; before them was the one without a gate.
weir clean -f >cleaned
expect "57: clean keeps a copy that another run uses" "$(find work/fetched -name archived | wc -l)" 1
weir clean -f --but "$(weir log | sed -n 2p | cut -f 5)" >>cleaned
expect "57: clean takes the copy away" "$(find work -name archived | wc -l)" 0
[[ $failures -eq 0 ]] || sed 's/^/    /' out | tail -20 >&2

# 58: a copy that ends before the task may is kept for longer first.
in_folder 58 <<'E2'
process P { time '30h'
            script: 'true' }
workflow { P() }
E2
sed -i "s|script|input: path x\\n script|; s|P()|P(file('s3://data/soon'))|" main.nf
echo "gates { archive { type = 's3'; days = 1; poll = '20ms' } }" >nextflow.config
run
expect "58: exit status" $? 0
expect "58: fetched after that" "$(grep -E '^(RESTORE|GOT) soon' "$log" | cut -d' ' -f1 | xargs)" "RESTORE GOT"
expect "58: for as long as the task may take" "$(grep '^RESTORE soon' "$log")" "RESTORE soon Standard 2"

# A real server: signatures, names that need escapes, what is missing.
services=${WEIR_SERVICES:-/nowhere}
if [[ -x $services/s3-up ]] && command -v radosgw >/dev/null && "$services/s3-up" "$scratch/ceph" >s3-up.log 2>&1; then
  . "$scratch/ceph/env"
  export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
  put() { python3 "$SOURCE/tests/support/s3_put.py" "$@"; }
  put "$AWS_ENDPOINT_URL/runs" && put "$AWS_ENDPOINT_URL/runs/lane1/a.bam" content && put "$AWS_ENDPOINT_URL/runs/a%20b%2Bc.bam" x ||
    fail "the S3 server takes no objects"
  wait_for s3://runs/lane1/a.bam; expect "a real S3 server: an object" $? 0
  wait_for "s3://runs/a b+c.bam"; expect "a real S3 server: a name with a blank" $? 0
  in_folder ceph-run <<'E2'
process P { input: path reads, stageAs: 'in/*'
            output: stdout
            script: 'cat in/*' }
workflow { P(channel.of('s3://runs/lane1/a.bam', 's3://runs/a b+c.bam').map { file(it) }.collect()).view { "read $it" } }
E2
  run; expect "a real S3 server: inputs of a task: exit status" $? 0
  expect_text "a real S3 server: inputs of a task" out "xcontent"
  run -resume; expect "a real S3 server: resume: taken" "$(grep -c 'Cached process' out)" 1
  put "$AWS_ENDPOINT_URL/runs/lane1/a.bam" changed
  run -resume; expect "a real S3 server: a changed object: exit status" $? 0
  expect_text "a real S3 server: a changed object" out "xchanged"
  cd "$scratch" || exit 1
  wait_for s3://runs/missing; expect "a real S3 server: a missing object" $? 1
  expect_text "a real S3 server: a missing object" err "does not exist"
  AWS_SECRET_ACCESS_KEY=wrong wait_for s3://runs/lane1/a.bam
  expect "a real S3 server: a wrong key" $? 1
  expect_text "a real S3 server: a wrong key" err "status 403"
else
  echo "the real S3 server does not start, or is not there (WEIR_SERVICES): skipped"
fi
[[ ! -d $scratch/ceph ]] || "$services/s3-down" "$scratch/ceph" >>s3-up.log 2>&1

kill "${started[@]}"; wait "${started[@]}" 2>/dev/null
finish
