#!/usr/bin/env python3
"""Each check of tidy.py has a sample that must fail it, with exactly the complaints of `expect`.

A sample is a folder named after its check (and, after a dot, its case): a small tree. An `@` in its
files is left out when it is laid down, so that a sample is not itself what it shows.
"""

import pathlib
import sys
import tempfile

import tidy

SAMPLES = pathlib.Path(__file__).parent / "samples"
TABLE = pathlib.Path(__file__).parents[2] / "lib/README.md"


def lay_down(sample, root):
    for path in sample.rglob("*"):
        if path.is_file() and path.name != "expect":
            target = root / path.relative_to(sample)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text().replace("@", ""))


def main():
    failed = 0
    checks_seen = set()
    for expect in sorted(SAMPLES.glob("*/expect")):
        sample = expect.parent
        check = sample.name.split(".")[0]
        checks_seen.add(check)
        with tempfile.TemporaryDirectory() as folder:
            lay_down(sample, pathlib.Path(folder))
            found = list(tidy.complaints(pathlib.Path(folder), TABLE, check))
        if sorted(found) == sorted(expect.read_text().splitlines()):
            print(f"ok {sample.name}")
            continue
        failed += 1
        print(f"not ok {sample.name}\n  expected:")
        print("".join(f"    {line}\n" for line in expect.read_text().splitlines()), end="")
        print("  found:")
        print("".join(f"    {line}\n" for line in found), end="")
    for check in set(tidy.CHECKS) - checks_seen:
        failed += 1
        print(f"not ok {check}: no sample must fail it")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
