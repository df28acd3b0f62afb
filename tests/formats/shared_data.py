#!/usr/bin/env python3
"""Every good file of the shared collection gives its reference records and query answers; every bad one is refused.

    WEIR_SHARED=DIR shared_data.py DRIVER [PART-OF-PATH]

DIR holds data/ with refs.tsv, queries.tsv and the files. Answers are read back by samtools, bcftools and tabix.
"""
import csv
import hashlib
import os
import subprocess
import sys
import tempfile
from collections import defaultdict

SUPPORTED = {"bam", "sam", "vcf", "bed", "narrowPeak", "broadPeak", "gappedPeak", "gff", "gff3", "gtf",
             "bigBed", "bigWig", "csv", "tsv", "bcf", "cram"}
PASSED_THROUGH = {"bigWig", "csv", "tsv"}
# What pyBigWig cannot open, weir reads: the other byte order is part of the format.
READ_ALL_THE_SAME = {"bad/bigBed/biopython__bigbed_extended.bigendian.bb"}
ALIGNMENTS = {"bam", "sam", "cram"}
VARIANTS = {"vcf", "bcf"}
REFERENCES = os.path.join(os.environ.get("WEIR_SHARED", ""), "data", "cram-refs")
REFUSED = 3


def rows(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def md5_of(lines):
    return hashlib.md5(b"".join(line + b"\n" for line in lines)).hexdigest()


def output_of(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} fails: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.split(b"\n")[:-1] if done.stdout else []


class Artifact:
    """A finished pair, under names that the tools expect."""

    def __init__(self, driver, source, file_format, folder, options=()):
        suffix = {"bigBed": "bed"}.get(file_format, file_format.lower())
        whole = {"bam": "data.bam", "sam": "data.bam", "cram": "data.cram", "bcf": "data.bcf"}
        data = os.path.join(folder, whole.get(file_format, f"data.{suffix}.gz"))
        index = os.path.join(folder, "index")
        command = [driver, source, data, index, "threads=2", *options]
        if file_format != "bcf":  # one of them is VCF text: the content tells
            command.append(f"format={file_format}")
        if file_format == "cram":
            command.append(f"reference={REFERENCES}")
        if file_format == "gtf":
            command.append("keep-gtf=1")  # the references are those of GTF
        self.done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
        self.report = dict(line.split(" ", 1) for line in self.done.stdout.splitlines() if " " in line)
        self.format = file_format
        if self.done.returncode != 0:
            return
        words = self.report["format"].split()
        self.reused = words[words.index("reused") + 1] == "true"
        self.kind = words[words.index("index") + 1]
        if file_format == "bcf" and words[0] == "vcf":
            os.rename(data, data := os.path.join(folder, "data.vcf.gz"))
        if self.reused:
            os.symlink(os.path.abspath(source), data)
        self.data = data
        if file_format in PASSED_THROUGH:
            return
        os.rename(index, f"{data}.{self.kind}")

    def records(self):
        if self.format in ALIGNMENTS:
            return self.alignments()
        lines = output_of("bgzip", "-dc", self.data)
        return [line for line in lines if line and not line.startswith(b"#")]

    def alignments(self, *regions):
        """CRAM stores neither MD nor NM; samtools makes them up, and the references leave them out."""
        options = ["-x", "MD", "-x", "NM"] if self.format == "cram" else []
        return output_of("samtools", "view", "--no-PG", *options, self.data, *regions)

    def vcf_records(self):
        return output_of("bcftools", "view", "--no-version", "-H", self.data)

    def query(self, region):
        if self.format in ALIGNMENTS:
            return self.alignments(region)
        if self.format in VARIANTS:
            return output_of("bcftools", "view", "--no-version", "-H", "-r", region, self.data)
        return output_of("tabix", self.data, region)


def check_passed_through(artifact, row):
    """The file itself is the artifact; what is compared is the number of records that the check counted."""
    words = artifact.report["format"].split()
    counted = int(words[words.index("records") + 1])
    wrong = [] if artifact.reused else ["the file's own bytes are not the artifact"]
    if counted != int(row["records"]):
        wrong.append(f"{counted} records, not {row['records']}")
    return wrong


def check_good(driver, folder, row, queries):
    with tempfile.TemporaryDirectory() as work:
        artifact = Artifact(driver, os.path.join(folder, row["path"]), row["format"], work)
        if artifact.done.returncode != 0:
            return [artifact.done.stderr.strip() or f"status {artifact.done.returncode}"]
        wrong = []
        if row["format"] in PASSED_THROUGH:
            return check_passed_through(artifact, row)
        records = artifact.vcf_records() if row["format"] in VARIANTS else artifact.records()
        if len(records) != int(row["records"]):
            wrong.append(f"{len(records)} records, not {row['records']}")
        if md5_of(sorted(records)) != row["md5_record_set"]:
            wrong.append("another set of records")
        if row["format"] in ALIGNMENTS and not artifact.reused and md5_of(records) != row["md5_tool_order"]:
            wrong.append("another order than samtools sort")
        if row["needs_csi"] == "yes" and artifact.kind != "csi":
            wrong.append(f"index {artifact.kind}, not csi")
        for query in queries:
            answer = artifact.query(query["region"])
            if len(answer) != int(query["count"]) or md5_of(sorted(answer)) != query["md5_sorted_lines"]:
                wrong.append(f"query {query['region']}: {len(answer)} lines, not the {query['count']} expected")
        return wrong


def check_bad(driver, folder, row):
    with tempfile.TemporaryDirectory() as work:
        artifact = Artifact(driver, os.path.join(folder, row["path"]), row["format"], work)
        if row["path"] in READ_ALL_THE_SAME:
            return [] if artifact.done.returncode == 0 else [artifact.done.stderr]
        if artifact.done.returncode != REFUSED:
            return [f"status {artifact.done.returncode}, not refused: {artifact.done.stderr.strip()}"]
        code = artifact.done.stderr.split(":")[0]
        return [] if code else ["refused without a code"]


def check_edge(driver, folder, row):
    with tempfile.TemporaryDirectory() as work:
        artifact = Artifact(driver, os.path.join(folder, row["path"]), row["format"], work)
        if artifact.done.returncode not in (0, REFUSED):
            return [f"status {artifact.done.returncode}: {artifact.done.stderr.strip()}"]
        return []


def main():
    shared = os.environ.get("WEIR_SHARED", "")
    folder = os.path.join(shared, "data")
    if not os.path.exists(os.path.join(folder, "refs.tsv")):
        print("skipped: WEIR_SHARED does not name a folder with data/refs.tsv")
        return 77
    os.environ["REF_PATH"] = os.path.join(REFERENCES, "%s")  # for samtools, to read CRAM back
    os.environ["REF_CACHE"] = ""
    driver = sys.argv[1]
    part = sys.argv[2] if len(sys.argv) > 2 else ""
    queries = defaultdict(list)
    for query in rows(os.path.join(folder, "queries.tsv")):
        queries[query["path"]].append(query)
    references = {row["path"]: row for row in rows(os.path.join(folder, "refs.tsv"))}
    failures = checked = asked = 0
    for row in rows(os.path.join(folder, "manifest.tsv")):
        if row["format"] not in SUPPORTED or part not in row["path"]:
            continue
        checked += 1
        if row["expected"] == "ok":
            wrong = check_good(driver, folder, references[row["path"]], queries[row["path"]])
            asked += len(queries[row["path"]]) if row["format"] not in PASSED_THROUGH else 0
        elif row["expected"] == "error":
            wrong = check_bad(driver, folder, row)
        else:
            wrong = check_edge(driver, folder, row)
        failures += bool(wrong)
        for reason in wrong[:4]:
            print(f"{row['path']}: {reason}")
    print(f"{checked} files, {asked} queries, {failures} files fail")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
