#!/usr/bin/env python3
"""Checks other people's pipelines with `weir lint`, and compares what is refused with lint.tsv.

`lint.py [--accept] WEIR`: WEIR_LINT_CORPUS names a folder with checkouts called OWNER+NAME, as many of those of lint.tsv
as are at hand. Each row is a repository, the commit it was read at, its scripts and those refused, its configurations and
those refused. A repository that has other numbers of files was read at another commit, and is only reported. Prints how
many files there are and how fast they are checked on one core.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys

accept = sys.argv[1] == "--accept"
WEIR = os.path.abspath(sys.argv[-1])
TABLE = pathlib.Path(__file__).with_name("lint.tsv")
corpus = os.environ.get("WEIR_LINT_CORPUS")
if not corpus:
    print("skipped: WEIR_LINT_CORPUS names no folder with checkouts")
    sys.exit(77)
corpus = pathlib.Path(corpus)


def counted(folder):
    """(scripts, refused scripts, configurations, refused configurations, lines, processor seconds) of a checkout."""
    files = collections.Counter()
    lines = 0
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            kind = pathlib.Path(name).suffix
            if kind not in (".nf", ".config") or name.startswith(".") or name == "nf-test.config":
                continue
            files[kind] += 1
            lines += (pathlib.Path(path) / name).read_bytes().count(b"\n")
    before = os.times()
    answer = subprocess.run(
        [WEIR, "lint", "--json", folder], stdout=subprocess.PIPE, check=False, preexec_fn=lambda: os.sched_setaffinity(0, core)
    )
    seconds = os.times().children_user + os.times().children_system - before.children_user - before.children_system
    errors = [one for one in json.loads(answer.stdout)["diagnostics"] if one["severity"] == "error"]
    if any(not one["span"] or not one["message"] for one in errors):
        print(f"{folder.name}: an error has no place or no reason")
        sys.exit(1)
    refused = collections.Counter(pathlib.Path(name).suffix for name in {one["span"]["file"] for one in errors})
    return files[".nf"], refused[".nf"], files[".config"], refused[".config"], lines, seconds


core = {os.sched_getaffinity(0).pop()}
rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
header = [line for line in TABLE.read_text().splitlines() if line.startswith("#")]
differences = []
total = collections.Counter()
for row in rows:
    folder = corpus / row[0].replace("/", "+")
    if not folder.is_dir():
        print(f"SKIP {row[0]} (no checkout)")
        continue
    scripts, refused, configs, refused_configs, lines, seconds = counted(folder)
    found = [str(scripts), str(refused), str(configs), str(refused_configs)]
    total.update(
        scripts=scripts, refused=refused, configs=configs, refused_configs=refused_configs, lines=lines, seconds=seconds
    )
    if (found[0], found[2]) != (row[2], row[4]) and not accept:
        print(f"SKIP {row[0]} (another commit than {row[1]}: {found[0]} scripts, {found[2]} configurations)")
    elif found != row[2:]:
        differences.append(f"{row[0]}: scripts, refused, configurations, refused: {' '.join(found)}, not {' '.join(row[2:])}")
        row[2:] = found
if accept:
    TABLE.write_text("\n".join(header + ["\t".join(row) for row in rows]) + "\n")
print("\n".join(differences))
print(
    f"{total['scripts']:,} scripts ({total['refused']:,} refused), {total['configs']:,} configurations "
    f"({total['refused_configs']:,} refused), {total['lines']:,} lines; "
    f"{total['lines'] / max(total['seconds'], 0.01) * 60 / 1e6:.1f} million lines a minute on one core"
)
sys.exit(bool(differences) and not accept)
