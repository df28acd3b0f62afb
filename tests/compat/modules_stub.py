#!/usr/bin/env python3
"""Stub runs of nf-core modules: each process by itself, in a wrapper made from its declared inputs.

WEIR_MODULES names a checkout of nf-core/modules, which is never part of this repository. Inputs are
empty placeholder files of this script's own, so no tool and no network is needed (stubs ask tools for
their version; one that is not installed answers by bash's hook for it): what is checked is
that modules parse, bind their inputs, evaluate their directives, stage under the names they ask for
and leave the outputs they declare. The modules named in modules.txt must pass.

    modules_stub.py WEIR              the listed modules
    modules_stub.py WEIR --all        every module; prints each failure's first line, and totals
    modules_stub.py WEIR fastqc …     these modules
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SECONDS_PER_RUN = 120
SKIPPED = 77
# Inputs whose script looks at the name: the ending that it expects.
ENDINGS = [
    ("fastq", "fastq.gz"), ("reads", "fastq.gz"), ("fasta", "fa"), ("fai", "fa.fai"), ("dict", "dict"),
    ("bam", "bam"), ("bai", "bam.bai"), ("cram", "cram"), ("crai", "cram.crai"), ("gtf", "gtf"),
    ("gff", "gff3"), ("bed", "bed"), ("vcf", "vcf.gz"), ("tbi", "vcf.gz.tbi"), ("tsv", "tsv"),
    ("csv", "csv"), ("json", "json"), ("yaml", "yml"), ("index", "idx"), ("txt", "txt"),
]  # fmt: skip


class Module:
    """A module as its script declares it."""

    def __init__(self, folder):
        self.name = folder.name
        self.script = folder / "main.nf"
        text = re.sub(r"//[^\n]*", "", self.script.read_text())
        self.process = re.search(r"^process\s+(\w+)\s*\{", text, re.M).group(1)
        body = re.search(r"^\s*input:\s*\n(.*?)^\s*(output|when|script|exec|stub|topic):", text, re.S | re.M)
        self.inputs = [line for line in (body.group(1).split("\n") if body else []) if line.strip()]
        self.has_stub = re.search(r"^\s*stub:", text, re.M) is not None


def joined(lines):
    """Declarations that go over several lines, on one each."""
    result, open_brackets = [], 0
    for line in lines:
        if open_brackets > 0 or (result and result[-1].rstrip().endswith(",")):
            result[-1] += " " + line.strip()
        else:
            result.append(line.strip())
        open_brackets = result[-1].count("(") - result[-1].count(")")
    return result


def placeholder(name, folder):
    lower = name.lower()
    ending = next((ending for part, ending in ENDINGS if part in lower), "txt")
    path = folder / f"{re.sub(r'[^A-Za-z0-9]', '_', name) or 'file'}.{ending}"
    path.write_text("")
    return f"file('{path}')"


def value_of(qualifier, name, folder):
    if qualifier == "val":
        if name.startswith("meta"):
            return f"[id: 'test', single_end: true, strandedness: 'forward', n: '{name}']"
        return "'test'"
    return placeholder(name, folder)


def argument_of(declaration, number, folder):
    """One value for an input: `tuple val(meta), path(reads)`, `path fasta`, `val x`, `each path(x)`."""
    declaration = re.sub(r"^each\s+", "", declaration)
    parts = re.findall(r"\b(val|path|file|env|stdin)\b\s*\(?\s*['\"]?([\w*?.]*)", declaration)
    values = [value_of(kind, name or f"input{number}", folder) for kind, name in parts]
    if not declaration.startswith("tuple"):
        return values[0] if values else "'test'"
    return "[" + ", ".join(values) + "]"


def wrapper_of(module, folder):
    data = folder / "data"
    data.mkdir()
    arguments = []
    for number, line in enumerate(joined(module.inputs), start=1):
        arguments.append(argument_of(line, number, data))
    call = f"{module.process}({', '.join(arguments)})"
    return f"include {{ {module.process} }} from '{module.script}'\nworkflow {{ {call} }}\n"


def run(weir, module):
    """Nothing when it passed, else the reason on one line."""
    with tempfile.TemporaryDirectory(prefix="weir-stub-") as name:
        folder = pathlib.Path(name)
        (folder / "main.nf").write_text(wrapper_of(module, folder))
        (folder / "nextflow.config").write_text("process { cpus = 1; memory = '1 GB' }\n")
        (folder / "answers.sh").write_text('command_not_found_handle() { echo "${1##*/} version 1.0.0"; }\n')
        environment = {
            **os.environ, "WEIR_STATE_DIR": str(folder / "state"), "NO_COLOR": "1",
            "BASH_ENV": str(folder / "answers.sh"),
        }  # fmt: skip
        command = [str(weir), "run", "main.nf", "-stub", "--with-trace", "trace.txt"]
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_PER_RUN,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "no end"
        text = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            return reason_in(text, done.returncode)
        rows = (folder / "trace.txt").read_text().splitlines()[1:]
        if len(rows) != 1 or "COMPLETED" not in rows[0]:
            return f"{len(rows)} tasks, not one that completed"
        return None


def reason_in(text, status):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for index, line in enumerate(lines):
        if line.startswith("Caused by") and index + 1 < len(lines):
            return lines[index + 1]
    wanted = [line for line in lines if line.startswith(("weir:", "ERROR"))]
    return (wanted or lines or [f"exit status {status}"])[0]


def modules_in(checkout):
    root = checkout / "modules" / "nf-core"
    found = []
    for script in sorted(root.rglob("main.nf")):
        if "tests" in script.relative_to(root).parts:
            continue
        try:
            module = Module(script.parent)
        except AttributeError:
            continue  # no process of its own
        module.name = str(script.parent.relative_to(root))
        if module.has_stub:
            found.append(module)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weir", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("modules", nargs="*")
    arguments = parser.parse_args()
    checkout = os.environ.get("WEIR_MODULES")
    if not checkout:
        print("skipped: WEIR_MODULES names no checkout of nf-core/modules")
        return SKIPPED
    known = modules_in(pathlib.Path(checkout).resolve())
    wanted = set(arguments.modules)
    if not wanted and not arguments.all:
        wanted = set((HERE / "modules.txt").read_text().split())
    chosen = [module for module in known if arguments.all or module.name in wanted]
    weir = arguments.weir.resolve()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for module, reason in zip(chosen, pool.map(lambda one: run(weir, one), chosen)):
            if reason is None:
                print(f"PASS {module.name}")
            else:
                failed += 1
                print(f"FAIL {module.name}: {reason[:200]}")
            sys.stdout.flush()
    missing = wanted - {module.name for module in chosen}
    for name in sorted(missing):
        print(f"NOT THERE {name}")
    print(f"{len(chosen) - failed} passed, {failed} failed, {len(missing)} not in the checkout")
    return 1 if failed and not arguments.all else 0


if __name__ == "__main__":
    shutil.which("bash") or sys.exit("bash is needed")
    sys.exit(main())
