#!/usr/bin/env bash
# The example pipeline on its real data: what it publishes equals what samtools, bcftools and tabix compute.
. "$(dirname "$0")/lib.sh"
example=$SOURCE/share/examples/variants
mkdir "$scratch/launch" && cd "$scratch/launch" || exit 1

weir run "$example/main.nf" >out 2>err </dev/null
expect "exit status" $? 0
[[ $failures -eq 0 ]] || { cat out err >&2; finish; }

# Variants: in order, indexed, nothing lost, nothing added; any region gives what the same region of the source gives.
for source in "$example"/data/*.vcf "$example"/data/*.vcf.gz; do
  name=$(basename "$source"); name=${name%.gz}
  got=results/indexed/$name.gz
  bcftools index -s "$got" >contigs || fail "bcftools index -s $got"
  bcftools sort -Oz -o wanted.vcf.gz "$source" 2>/dev/null && bcftools index -ft wanted.vcf.gz
  bcftools view -H "$got" >got.txt && bcftools view -H wanted.vcf.gz >wanted.txt
  expect "$name: positions in order" "$(cut -f 1,2 got.txt | md5sum)" "$(cut -f 1,2 wanted.txt | md5sum)"
  expect_same "$name: the records" <(sort got.txt) <(sort wanted.txt)
  for region in chr21 chr21:15450000-15500000 chr21:33100000-33200000 chr21:45600000-45700000 chr21:1-10; do
    expect_same "$name: $region" <(tabix "$got" "$region" | sort) <(tabix wanted.vcf.gz "$region" | sort)
  done
done

for source in "$example"/data/*.bam; do
  name=$(basename "$source"); got=results/indexed/$name
  samtools quickcheck -v "$got" || fail "samtools quickcheck $got"
  samtools sort --write-index -o wanted.bam##idx##wanted.bam.bai "$source" 2>/dev/null
  # Reads at one place keep the order of the source when it was in order already; samtools puts reverse strands last.
  expect_same "$name: places in order" <(samtools view "$got" | cut -f 3,4) <(samtools view wanted.bam | cut -f 3,4)
  expect_same "$name: the reads" <(samtools view "$got" | sort) <(samtools view wanted.bam | sort)
  expect_same "$name: counts in the index" <(samtools idxstats "$got") <(samtools idxstats wanted.bam)
  region=$(samtools view wanted.bam | awk '$3 != "*" { print $3 ":" $4 "-" $4 + 200; exit }')
  expect_same "$name: $region" <(samtools view "$got" "$region" | sort) <(samtools view wanted.bam "$region" | sort)
done

# The summary, counted again without Redis.
{
  printf 'file\tvariants\tin_transcripts\ttranscripts_hit\n'
  for source in "$example"/data/*.vcf "$example"/data/*.vcf.gz; do
    name=$(basename "$source"); name=${name%%.*}
    zcat -f "$source" | grep -v '^#' | awk -F '\t' -v OFS='\t' -v name="$name" -v bed="$example/data/transcripts.bed" '
      BEGIN { while ((getline line <bed) > 0) { split(line, f, "\t"); n++; begin[n] = f[2]; stop[n] = f[3]; id[n] = f[4] } }
      { inside = 0; for (i = 1; i <= n; i++) if (begin[i] < $2 && $2 <= stop[i]) { inside = 1; hit[id[i]] = 1 } total += inside }
      END { hits = 0; for (h in hit) hits++; print name, NR, total + 0, hits }'
  done | sort
} >wanted.tsv
expect_same "summary.tsv" results/summary.tsv wanted.tsv

# The record tells the truth, and a second run does nothing twice and starts no server.
weir jobs list --json >jobs.json
expect "the run's state" "$(jq -r '[.jobs[] | select(.kind == "run")][0].state' jobs.json)" succeeded
weir run "$example/main.nf" -resume >out2 2>err2 </dev/null
expect "resumed exit status" $? 0
expect "tasks submitted again" "$(cat out2 err2 | grep -c 'Submitted process')" 0
expect "tasks taken from the first run" "$(cat out2 err2 | grep -c 'Cached process')" 8
finish
