#!/usr/bin/env bash
# Sources fetched over TLS from a real nginx, and what must never be connected to.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/nginx.sh"
command -v tabix >/dev/null || { echo "skipped: needs tabix"; rm -rf "$scratch"; exit 77; }
cd "$scratch" || exit 1
port=$(free_ports 1)
mkdir -p www out
bcf_records=300
{ printf '##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
  awk -v n=$bcf_records 'BEGIN { for (i = n; i > 0; i--) printf "1\t%d\t.\tA\tC\t.\t.\t.\n", i * 10 }'; } >calls.vcf
gzip -c calls.vcf >www/calls.vcf.gz
printf '<!DOCTYPE html><p>Please log in\n' >www/page.vcf
serve "$port" <<E
  server {
    listen 127.0.0.1:$port ssl;
    location /moved { return 302 https://localhost:$port/calls.vcf.gz; }
    location /inside { return 302 https://127.0.0.1:1/secret; }
    location /busy { return 503; }
  }
E
requests() { wc -l <logs/access.log; }

# Nothing is sent to this machine, or to a server that cannot show who it is, by a user's mistake.
weir preprocess "https://localhost:$port/calls.vcf.gz" >blocked 2>&1
expect "loopback: exit status" $? 9
expect_text "loopback" blocked "[blocked_address]"
weir preprocess "http://localhost:$port/calls.vcf.gz" >plain 2>&1
expect "an address without TLS: exit status" $? 9
expect_text "an address without TLS" plain "[blocked_scheme]"
export WEIR_TEST_LOOPBACK_PORTS=$port
weir preprocess "https://localhost:$port/calls.vcf.gz" >untrusted 2>&1
expect "unknown certificate: exit status" $? 9
expect_text "unknown certificate" untrusted "[bad_certificate]"
expect "requests before anybody may be asked" "$(requests)" 0
export SSL_CERT_FILE=$scratch/cert.pem

weir preprocess "https://localhost:$port/calls.vcf.gz" --output-dir out >fetched 2>&1 || fail "fetch: $(cat fetched)"
weir preprocess calls.vcf --output-dir local --cache-dir other -q || fail "the same from a file"
expect_same "fetched and local records" <(bgzip -dc out/calls.vcf.gz) <(bgzip -dc local/calls.vcf.gz)
expect "records in a region" "$(tabix out/calls.vcf.gz 1:1-100 | wc -l)" 10
expect "requests for the file" "$(requests)" 1
weir preprocess "https://localhost:$port/calls.vcf.gz" >again 2>&1 || fail "again: $(cat again)"
expect_text "again" again "cached"
expect "an unchanged source sends" "$(tail -n 1 logs/access.log | awk '{ print $3 }')" 304

weir preprocess "https://localhost:$port/moved" --output-dir moved >moved.log 2>&1 || fail "redirect: $(cat moved.log)"
weir preprocess "https://localhost:$port/inside" >inside 2>&1
expect "redirect into this machine: exit status" $? 9
expect_text "redirect into this machine" inside "[blocked_address]"
weir preprocess "https://localhost:$port/nothing.vcf" >missing 2>&1
expect "a file that is not there: exit status" $? 3
expect_text "a file that is not there" missing "[upstream_missing]"
weir preprocess "https://localhost:$port/page.vcf" >page 2>&1
expect "a page instead of a file: exit status" $? 3
expect_text "a page instead of a file" page "[upstream_error_page]"
weir preprocess "https://localhost:$port/calls.vcf.gz" --md5 00000000000000000000000000000000 >wrong 2>&1
expect "a wrong sum: exit status" $? 3
expect_text "a wrong sum" wrong "[md5_mismatch]"
weir preprocess "https://localhost:$port/calls.vcf.gz" --md5 "$(md5sum www/calls.vcf.gz | cut -c 1-32)" -q ||
  fail "the right sum"
weir preprocess "https://localhost:$port/calls.vcf.gz" --allow-host example.org >host 2>&1
expect "a host that is not allowed: exit status" $? 9
weir preprocess "https://user:secret@localhost:$port/calls.vcf.gz" >user 2>&1
expect "a password in the address: exit status" $? 2

# Neither a ticket in a local file nor the start of any other command goes to the network.
printf '{"htsget": {"format": "VCF", "urls": [{"url": "https://localhost:%s/calls.vcf.gz"}]}}\n' "$port" >ticket.vcf
before=$(requests)
if command -v strace >/dev/null; then
  strace -f -o trace -e trace=socket,openat "$WEIR" preprocess ticket.vcf >ticket 2>&1
  grep -E 'socket\(AF_INET|libcurl' trace >&2 && fail "a local file opened a socket, or libcurl"
else
  weir preprocess ticket.vcf >ticket 2>&1
fi
expect_text "a ticket" ticket "[not_genomic]"
expect "requests for a ticket" "$(requests)" "$before"
ldd "$WEIR" | grep -q curl && fail "libcurl is loaded at every start"

kill $nginx; wait $nginx 2>/dev/null
trap - EXIT
finish
