#!/usr/bin/env python3
"""GTF becomes GFF3 and loses nothing: turned back, the artifact's lines are the input's, as a multiset.

    gtf_round_trip.py WEIR

A small hard file, a generated one, and every good GTF of the shared collection when WEIR_SHARED names it. Also that
--keep-gtf keeps each line byte for byte.
"""
import collections
import glob
import gzip
import os
import random
import subprocess
import sys
import tempfile
import urllib.parse

HARD = "\n".join([
    '#!genome-build X',
    'c\tsrc\texon\t30\t40\t.\t+\t.\tgene_id "g;1"; transcript_id "t=1"; exon_id "e,1"; tag "a"; tag "b & 50%"; tag "a";',
    'c\tsrc\tCDS\t30\t37\t0.5\t+\t0\tgene_id "g;1"; transcript_id "t=1"; protein_id "p 1"; note "";',
    'c\tsrc\tstop_codon\t38\t40\t.\t+\t0\tgene_id "g;1"; transcript_id "t=1";',
    'c\tsrc\tUTR\t10\t29\t.\t+\t.\tgene_id "g;1"; transcript_id "t=1"; level 2;',
    'd\tsrc\tgene\t1\t9\t.\t-\t.\tgene_id "g;1"; gene_name "Name, with\tnothing lost"; Parent "p"; ID "i"; Name "n";'.replace("\tnothing", " nothing"),
    'd\tsrc\ttranscript\t1\t9\t.\t-\t.\tgene_id "g;1"; transcript_id "t2"; weir "1%3B";',
    'd\tsrc\tSelenocysteine\t3\t5\t.\t-\t.\tgene_id ""; transcript_id "t2"; url "http://h/a?b=c&d=e";',
    'e\tsrc\tregion\t1\t2\t.\t.\t.\t.',
]) + "\n"


def generated():
    chance = random.Random(5)
    lines = []
    for gene in range(300):
        begin = chance.randrange(1, 10**6)
        for transcript in range(chance.randrange(0, 3)):
            for exon in range(chance.randrange(1, 5)):
                start = begin + exon * 100
                words = [f'gene_id "G{gene}"', f'transcript_id "T{gene}.{transcript}"', f"exon_number {exon + 1}"]
                words += [f'tag "t{chance.randrange(4)}"' for _ in range(chance.randrange(3))]
                chance.shuffle(words)
                kind = chance.choice(["exon", "CDS", "five_prime_utr", "start_codon"])
                lines.append(f"chr{gene % 3}\ts\t{kind}\t{start}\t{start + 50}\t.\t+\t.\t{'; '.join(words)};")
    chance.shuffle(lines)
    return "\n".join(lines) + "\n"


def gtf_attributes(text):
    found = collections.defaultdict(list)
    text = text.strip()
    while text and not text.startswith("#") and text != ".":
        key, _, text = text.partition(" ")
        text = text.strip()
        if text.startswith('"'):
            value, _, text = text[1:].partition('"')
            text = text.strip()
        else:
            value, semicolon, text = text.partition(";")
            value, text = value.strip(), semicolon + text
        found[key].append(value)
        text = text.lstrip("; ")
    return found


def back(text):
    """What GFF3 attributes were in GTF: links and names of weir's go, its renamings are undone."""
    found = {}
    for pair in ([] if text == "." else text.split(";")):
        key, _, values = pair.partition("=")
        key = urllib.parse.unquote(key)
        if key in ("ID", "Parent"):
            continue
        found.setdefault({"gtf_ID": "ID", "gtf_Parent": "Parent"}.get(key, key),
                         [urllib.parse.unquote(value) for value in values.split(",")])
    return found


def features(lines, attributes):
    made = collections.Counter()
    for line in lines:
        line = line.rstrip("\r\n")
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        words = attributes(columns[8] if len(columns) > 8 else ".")
        if "weir_inferred" in words:
            continue
        made[("\t".join(columns[:8]), tuple(sorted((k, tuple(v)) for k, v in words.items())))] += 1
    return made


def without_added_name(made, wanted):
    """Name is added when a gene or transcript has none: where the input's line lacks it, it is ours."""
    cleaned = collections.Counter()
    for (place, words), count in made.items():
        bare = tuple(pair for pair in words if pair[0] != "Name")
        cleaned[(place, words if (place, words) in wanted else bare)] += count
    return cleaned


def text_of(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="surrogateescape") as stream:
        return stream.read()


def preprocess(weir, source, folder, *options):
    out = os.path.join(folder, "out" + "".join(options))
    environment = dict(os.environ, WEIR_STATE_DIR=os.path.join(folder, "state"), WEIR_CACHE_DIR=os.path.join(folder, "cache"))
    done = subprocess.run([weir, "preprocess", source, "--format", "gtf", "--output-dir", out, *options], env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return text_of(glob.glob(os.path.join(out, "*.gz"))[0])


def check(weir, source):
    wanted_lines = text_of(source).splitlines()
    with tempfile.TemporaryDirectory() as folder:
        wanted = features(wanted_lines, gtf_attributes)
        assert wanted, f"{source}: no features"
        made = without_added_name(features(preprocess(weir, source, folder).splitlines(), back), wanted)
        lost, added = wanted - made, made - wanted
        assert not lost and not added, f"{source}: lost {list(lost)[:2]}, added {list(added)[:2]}"
        kept = preprocess(weir, source, folder, "--keep-gtf").splitlines()
        records = [collections.Counter(line.rstrip("\r") for line in lines if line.strip() and not line.startswith("#"))
                   for lines in (wanted_lines, kept)]
        assert records[0] == records[1], f"{source}: --keep-gtf changes records"
    return sum(wanted.values())


def shared_files():
    root = os.environ.get("WEIR_SHARED")
    if not root:
        print("skipped: the shared collection (WEIR_SHARED)")
        return []
    with open(os.path.join(root, "data", "manifest.tsv"), encoding="utf-8", newline="") as stream:
        rows = [line.split("\t") for line in stream]
    return [os.path.join(root, "data", row[0]) for row in rows if row[1:3] == ["gtf", "ok"]]


def main():
    weir = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for name, text in (("hard.gtf", HARD), ("generated.gtf", generated())):
            sources.append(os.path.join(folder, name))
            with open(sources[-1], "w", encoding="utf-8") as stream:
                stream.write(text)
        counted = 0
        failures = []
        for source in sources + shared_files():
            try:
                counted += check(weir, source)
            except AssertionError as failure:
                failures.append(str(failure))
    for failure in failures:
        print(failure)
    print(f"{counted} features there and back, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
