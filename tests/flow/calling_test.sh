#!/usr/bin/env bash
# A real analysis on real reads: what the pipeline of share/examples/calling publishes equals what the same commands
# give in a plain shell script, byte by byte where the programs' output does not name paths or times.
. "$(dirname "$0")/lib.sh"
for program in fastp bwa samtools bcftools; do
  command -v "$program" >/dev/null || { echo "skipped: no $program here"; rm -rf "$scratch"; exit 77; }
done
example=$SOURCE/share/examples/calling
mkdir "$scratch/launch" && cd "$scratch/launch" || exit 1

weir run "$example/main.nf" >out 2>err </dev/null
expect "exit status" $? 0
[[ $failures -eq 0 ]] || { cat out err >&2; finish; }

# The same by hand.
mkdir "$scratch/plain" && cd "$scratch/plain" || exit 1
(
  set -e
  cp "$example/data/region.fa" reference.fa
  bwa index reference.fa
  samtools faidx reference.fa
  for lane in NA12878_L001 NA12878_L002; do
    fastp --thread 2 --in1 "$example/data/${lane}_R1.fastq.gz" --in2 "$example/data/${lane}_R2.fastq.gz" \
      --out1 $lane.R1.fastq.gz --out2 $lane.R2.fastq.gz --json $lane.fastp.json --html /dev/null
    bwa mem -t 2 -R "@RG\tID:$lane\tSM:NA12878\tPL:ILLUMINA" reference.fa $lane.R1.fastq.gz $lane.R2.fastq.gz |
      samtools sort -o $lane.bam -
  done
  samtools merge -o merged.bam NA12878_L001.bam NA12878_L002.bam
  samtools collate -u -O merged.bam collated | samtools fixmate -m -u - - | samtools sort -u - | samtools markdup - NA12878.bam
  samtools index NA12878.bam
  samtools flagstat NA12878.bam >NA12878.flagstat.txt
  bcftools mpileup -Ou -f reference.fa -a AD,DP NA12878.bam | bcftools call -m -v -Ou |
    bcftools norm -f reference.fa -Ou - | bcftools filter -s LowQual -e 'QUAL<20 || INFO/DP<10' -Oz -o NA12878.vcf.gz
  bcftools index -t NA12878.vcf.gz
) >plain.log 2>&1 || { cat plain.log >&2; fail "the plain script"; }

results=$scratch/launch/results
expect_same "alignments" <(samtools view "$results/alignments/NA12878.bam") <(samtools view NA12878.bam)
expect_same "flagstat" "$results/reports/NA12878.flagstat.txt" NA12878.flagstat.txt
expect_same "variants" <(bcftools view -H "$results/variants/NA12878.vcf.gz") <(bcftools view -H NA12878.vcf.gz)
[[ $(bcftools view -H NA12878.vcf.gz | wc -l) -gt 5 ]] || fail "hardly any variant was called"
for lane in NA12878_L001 NA12878_L002; do
  expect_same "$lane: reads after trimming" <(jq .summary.after_filtering "$results/reports/$lane.fastp.json") \
    <(jq .summary.after_filtering $lane.fastp.json)
done
bcftools view -Oz -o truth.vcf.gz "$example/data/truth.vcf" && bcftools index -t truth.vcf.gz
shared=$(bcftools isec -f PASS,. -n =2 -w 1 -O v truth.vcf.gz NA12878.vcf.gz 2>/dev/null | grep -vc '^#')
expect "shared with the truth set" "$(tail -n 1 "$results/reports/NA12878.comparison.tsv" | cut -f 4)" "$shared"
[[ $shared -ge 5 ]] || fail "only $shared calls are in the truth set"
expect "the index names the calls" "$(tail -n 1 "$results/variants.csv" | cut -d , -f 1,2)" \
  "\"NA12878\",\"$results/variants/NA12878.vcf.gz\""

# Resumed after one process changed: only it and what depends on it runs.
cd "$scratch/launch" || exit 1
mkdir copy && cp -r "$example"/. copy/
weir run copy/main.nf --reads "$example/data/*_R{1,2}.fastq.gz" --reference "$example/data/region.fa" \
  --truth "$example/data/truth.vcf" >out1 2>err1 </dev/null || fail "the copy"
sed -i 's/QUAL<20/QUAL<30/' copy/main.nf
weir run copy/main.nf --reads "$example/data/*_R{1,2}.fastq.gz" --reference "$example/data/region.fa" \
  --truth "$example/data/truth.vcf" -resume --explain >out2 2>err2 </dev/null || fail "the resumed copy"
expect "taken" "$(grep -c 'Cached process' err2)" 6
expect "run again" "$(sed -n 's/.*Submitted process > //p' err2 | sort | tr '\n' ' ')" "CALL (NA12878) COMPARE (NA12878) "
expect_text "why" err2 "CALL (NA12878) runs: one component of its key changed"
expect_text "which" err2 "  script"
expect_text "what it was" err2 "QUAL<20"
expect_text "what it is" err2 "QUAL<30"
weir jobs explain @last 'CALL (NA12878)' >why || fail "jobs explain"
expect_text "why, afterwards" why "  script"
expect_text "what it is, afterwards" why "QUAL<30"
expect "log" "$(weir log last -F "status == 'CACHED'" -f name | sort | head -n 1)" "ALIGN (NA12878_L001)"
expect "shell" "$(weir jobs shell @last 'CALL (NA12878)' -- ls NA12878.vcf.gz)" NA12878.vcf.gz
finish
