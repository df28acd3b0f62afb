#!/usr/bin/env bash
# Whole pipelines that other people wrote, in stub mode with small sample sheets of this script's own (rnaseq-nf has no
# stubs: with its real programs where salmon, fastqc and multiqc are there). WEIR_PIPELINES names a folder with
# checkouts: demo, fetchngs, rnaseq, taxprofiler (of nf-core), rnaseq-nf (of nextflow-io); those missing are skipped.
# Modules ask their tools for a version in stub mode, too, and some have no stub: a tool that is not installed answers
# with its name and a version here, by bash's own hook for commands that are not found.
# Prints PASS, FAIL with the reason, or SKIP for each. Those named in pipelines.txt must pass.
# Usage: pipelines_stub.sh WEIR [NAME...]
set -u
weir=$(realpath "$1"); shift
here=$(cd "$(dirname "$0")" && pwd)
if [[ -z ${WEIR_PIPELINES:-} ]]; then echo "skipped: WEIR_PIPELINES names no folder with checkouts"; exit 77; fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/weir-pipelines.XXXXXX")
export WEIR_STATE_DIR=$scratch/state NO_COLOR=1 NXF_OFFLINE=true
failed=0
echo 'command_not_found_handle() { echo "${1##*/} version 1.0.0"; }' >"$scratch/answers.sh"

# Two samples, one of them paired: files that exist, and hold two reads.
mkdir "$scratch/data" && cd "$scratch/data" || exit 1
printf '@r1\nACGTACGTAC\n+\nIIIIIIIIII\n@r2\nACGTACGTTT\n+\nIIIIIIIIII\n' | gzip -n | tee a_1.fastq.gz a_2.fastq.gz b_1.fastq.gz >/dev/null
printf '>chr1\nACGTACGTACACGTACGTTT\n' | tee genome.fa >transcripts.fa
printf 'chr1\tx\texon\t1\t20\t.\t+\t.\tgene_id "g"; transcript_id "t";\n' >genes.gtf
d=$scratch/data
printf 'sample,fastq_1,fastq_2\nA,%s,%s\nB,%s,\n' "$d/a_1.fastq.gz" "$d/a_2.fastq.gz" "$d/b_1.fastq.gz" >demo.csv
printf 'sample,fastq_1,fastq_2,strandedness\nA,%s,%s,forward\nB,%s,,reverse\n' "$d/a_1.fastq.gz" "$d/a_2.fastq.gz" "$d/b_1.fastq.gz" >rnaseq.csv
printf 'SRR390278\nSRR7758653\n' >ids.csv
printf 'sample,run_accession,instrument_platform,fastq_1,fastq_2,fasta\nA,r1,ILLUMINA,%s,%s,\n' "$d/a_1.fastq.gz" "$d/a_2.fastq.gz" >taxprofiler.csv
mkdir kraken2 && printf 'tool,db_name,db_params,db_type,db_path\nkraken2,small,,short,%s\n' "$d/kraken2" >databases.csv

# try NAME TASKS-AT-LEAST ARGUMENT...
try() {
  local name=$1 least=$2 status tasks; shift 2
  if [[ ${#wanted[@]} -gt 0 && " ${wanted[*]} " != *" $name "* ]]; then return; fi
  if [[ ! -e $WEIR_PIPELINES/$name/main.nf ]]; then echo "SKIP $name (no checkout)"; return; fi
  mkdir "$scratch/$name" && cd "$scratch/$name" || exit 1
  local pipeline=$WEIR_PIPELINES/$name answers=
  [[ " $* " == *" -stub "* ]] && answers=$scratch/answers.sh
  printf "process { cpus = 1; memory = '1 GB'; time = '5 min'; resourceLimits = [cpus: 1, memory: 1.GB] }\n" >small.config
  BASH_ENV=$answers timeout 600 "$weir" run "$pipeline" -c small.config "$@" >out 2>err </dev/null
  status=$?
  tasks=$(grep -c 'Submitted process' err)
  if [[ $status -eq 0 && $tasks -ge $least ]]; then
    echo "PASS $name ($tasks tasks)"
  else
    echo "FAIL $name (status $status, $tasks tasks): $(grep -m 1 -A 2 -E '^(weir:|ERROR)' err | tr '\n' ' ' | cut -c 1-300)"
    grep -qx "$name" "$here/pipelines.txt" && failed=$((failed + 1))
  fi
}

wanted=("$@")
if command -v salmon >/dev/null && command -v fastqc >/dev/null && command -v multiqc >/dev/null; then
  try rnaseq-nf 4
elif [[ ${#wanted[@]} -eq 0 || " ${wanted[*]} " == *" rnaseq-nf "* ]]; then
  echo "SKIP rnaseq-nf (salmon, fastqc or multiqc is missing)"
fi
try demo 3 -stub --input "$d/demo.csv" --outdir results --fasta "$d/genome.fa"
# Written before strict syntax: its configuration holds `try`, `def` and a function, which upstream's strict parser
# refuses, too. Here is checked that it is refused at once, with the line.
if [[ -e $WEIR_PIPELINES/fetchngs/main.nf && ( ${#wanted[@]} -eq 0 || " ${wanted[*]} " == *" fetchngs "* ) ]]; then
  mkdir "$scratch/fetchngs" && cd "$scratch/fetchngs" || exit 1
  "$weir" run "$WEIR_PIPELINES/fetchngs" -stub --input "$d/ids.csv" --outdir results >out 2>err </dev/null
  if [[ $? -eq 2 && ! -e work ]] && grep -q 'nextflow.config:[0-9]*:[0-9]*: error\[NF0220\]' err; then
    echo "REFUSED fetchngs (its configuration is not strict syntax)"
  else
    echo "FAIL fetchngs: not refused by its line: $(head -n 2 err | tr '\n' ' ')"
    failed=$((failed + 1))
  fi
fi
try rnaseq 10 -stub --input "$d/rnaseq.csv" --outdir results --fasta "$d/genome.fa" --gtf "$d/genes.gtf" --skip_bbsplit
try taxprofiler 3 -stub --input "$d/taxprofiler.csv" --databases "$d/databases.csv" --outdir results --run_kraken2
[[ ${KEEP:-0} = 1 ]] && echo "kept: $scratch" || rm -rf "$scratch"
exit $((failed > 0))
