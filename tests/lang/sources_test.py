#!/usr/bin/env python3
"""Looks the sources of tests/lang/expressions/*.tsv up in a checkout of Nextflow, both ways.

`sources_test.py CHECKOUT`: each `PAGE#HEADING` must be a heading of that page of the reference, and each operation,
property and method that the reference documents for a type of values must be shown by an expression. Statements about
channels are shown by tests/lang/flow; `package.Class.method` are of Java and Groovy, whose references are not in there.
"""

import pathlib
import re
import sys

EXPRESSIONS = pathlib.Path(__file__).parent / "expressions"
REFERENCE = pathlib.Path(sys.argv[1]) / "docs/reference"
# Pages of types that are no values of expressions, and pages without headings of their own.
LEFT_OUT = {"channel", "value"}
JVM = re.compile(r"(java|javax|groovy|org)(\.\w+)+")


def statements_of(page):
    """The names in the headings of one page: `first() -> E`, `+ : (List<E>, List<E>)`, `baseName: String`."""
    names = set()
    for heading in re.findall(r"^##### `(.*)`", page.read_text(), re.MULTILINE):
        if re.match(r"\W", heading) or heading.startswith("in,"):
            names.update(heading.split(" : ")[0].split(", "))
        else:
            names.add(re.match(r"\w+", heading).group())
    return names


documented = {page.stem: statements_of(page) for page in sorted((REFERENCE / "stdlib-types").glob("*.mdx"))}
documented["syntax"] = set(re.findall(r"^##+ (.*)", (REFERENCE / "syntax.mdx").read_text(), re.MULTILINE))
problems = []
cited = set()
count = 0
for table in sorted(EXPRESSIONS.glob("*.tsv")):
    for number, line in enumerate(table.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        count += 1
        source = line.split("\t")[2]
        page, _, heading = source.partition("#")
        if not JVM.fullmatch(source) and (page not in documented or heading and heading not in documented[page]):
            problems.append(f"{table.name}:{number}: the reference has no '{source}'")
        cited.add(source)
shown = 0
for page, statements in documented.items():
    if page in LEFT_OUT or page == "syntax":
        continue
    missing = sorted(name for name in statements if f"{page}#{name}" not in cited)
    shown += len(statements) - len(missing)
    problems += [f"no expression shows '{page}#{name}'" for name in missing]
print("\n".join(problems + [f"{count} expressions, {shown} documented statements about values shown"]))
sys.exit(bool(problems))
