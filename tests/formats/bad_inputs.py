#!/usr/bin/env python3
"""Every bad input of the preprocess design gets its class and code: the rows of bad_inputs.json, through the program.

    bad_inputs.py WEIR [B-NUMBER]

A row is run three times: as it stands, with --strict (repairs and warnings refuse) and with --lenient (lines that stand
alone are dropped). Keys: b; file; text (bytes as Latin-1; @VCF is a small header) or make (a function here); wrap (what is
done to the bytes, in order); options; files (others beside it); class R refused, F repaired, W warned, A accepted; code;
line, offset; says (parts of message or hint); records, index of the report; strict (the code, where it is another);
lenient "dropped". Rows with "elsewhere" name the tests that cover them.
"""
import bz2
import gzip
import json
import lzma
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import io

VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
REFUSED = 3
END_BLOCK = 28


class Skip(Exception):
    """A tool that is needed to make the input is not there."""


def tool(*command, data=b""):
    if shutil.which(command[0]) is None:
        raise Skip(f"no {command[0]}")
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


# Makers: the bytes of a file.
def many_variants():
    return (VCF + "".join(f"c\t{i}\tr{i}\tA\tT\t.\t.\tDP={i * 7919 % 1000}\n" for i in range(1, 6000))).encode()


def many_intervals():
    return b"".join(b"c\t%d\t%d\n" % (i, i + 1) for i in range(20000))


def zeros():
    return bytes(8 << 20)


def long_line():
    return b"c\t1\t2\nc\t3\t4\t" + b"x" * 100_000 + b"\n"


SAM = "@HD\tVN:1.6\tSO:{}\n@SQ\tSN:c\tLN:100\n{}"
READ = "{}\t0\tc\t{}\t30\t4M\t*\t0\t0\tACGT\tIIII\n"


def bam_of(order, positions):
    text = SAM.format(order, "".join(READ.format(f"r{p}", p) for p in positions))
    return tool("samtools", "view", "--no-PG", "-b", "-", data=text.encode())


def unsorted_bam():
    return bam_of("unsorted", [20, 10])


def lying_bam():
    return bam_of("coordinate", [20, 10])


def long_cigar():
    operations = "".join("1M1I" for _ in range(35_000))
    header = "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:c\tLN:100000\n"
    return (header + f"r\t0\tc\t5\t30\t{operations}\t*\t0\t0\t{'A' * 70_000}\t*\n").encode()


def cram_of(positions):
    with tempfile.TemporaryDirectory() as folder:
        reference = write_reference(folder)
        return tool("samtools", "view", "--no-PG", "-C", "-T", reference, "--output-fmt-option", "version=3.0", "-",
                    data=SAM.format("unsorted", "".join(READ.format(f"r{p}", p) for p in positions)).encode())


def write_reference(folder):
    path = os.path.join(folder, "ref.fa")
    with open(path, "w", encoding="ascii") as stream:
        stream.write(">c\n" + "ACGT" * 25 + "\n")
    tool("samtools", "faidx", path)
    return path


def sorted_cram():
    return cram_of([9, 21])


def unsorted_cram():
    return cram_of([21, 9])


def big_bed(order="<", compressed=True, loop=False):
    import zlib
    block = b"".join(struct.pack(order + "III", 0, s, s + 5) + b"name\0" for s in (10, 20))
    buffer_size = len(block) if compressed else 0
    stored = zlib.compress(block) if compressed else block
    tree = struct.pack(order + "IIIIQQ", 0x78CA8C91, 1, 1, 8, 1, 0) + struct.pack(order + "BBH", 1, 0, 1) + \
        b"c" + struct.pack(order + "II", 0, 1000)
    tree_at, data_at = 64, 64 + len(tree)
    index_at = data_at + 8 + len(stored)
    header = struct.pack(order + "IHHQQQHHQQIQ", 0x8789F2EB, 4, 0, tree_at, data_at, index_at, 4, 4, 0, 0, buffer_size, 0)
    index = struct.pack(order + "IIQIIIIQII", 0x2468ACE0, 256, 1, 0, 10, 0, 25, index_at, 512, 0)
    if loop:  # a branch that points to itself
        index += struct.pack(order + "BBH", 0, 0, 1) + struct.pack(order + "IIIIQ", 0, 10, 0, 25, index_at + 48)
    else:
        index += struct.pack(order + "BBH", 1, 0, 1) + struct.pack(order + "IIIIQQ", 0, 10, 0, 25, data_at + 8, len(stored))
    return header + tree + struct.pack(order + "Q", 2) + stored + index + struct.pack(order + "I", 0x8789F2EB)


def big_bed_plain():
    return big_bed(compressed=False)


def big_bed_big_endian():
    return big_bed(order=">")


def big_bed_loop():
    return big_bed(loop=True)


# Wrappings: bytes to bytes.
def first_block(data):
    return int.from_bytes(data[16:18], "little") + 1


def zip_of(data, names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data)
    return out.getvalue()


def flip_in_second_block(data):
    at = first_block(data) + 100
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1:]


WRAPPINGS = {
    "bgzf": lambda d: tool("bgzip", "-c", data=d),
    "no_end_block": lambda d: d[:-END_BLOCK],
    "cut_in_second_block": lambda d: d[:first_block(d) + 500],
    "cut_after_first_block": lambda d: d[:first_block(d)],
    "flip_in_second_block": flip_in_second_block,
    "gzip": lambda d: gzip.compress(d, mtime=0),
    "twice_behind": lambda d: d + d,
    "garbage_behind": lambda d: d + b"garbage",
    "zeros_behind": lambda d: d + bytes(100),
    "cut_last_5": lambda d: d[:-5],
    "cut_half": lambda d: d[:len(d) // 2],
    "zstd": lambda d: tool("zstd", "-c", data=d),
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    "zip": lambda d: zip_of(d, ["a.bed"]),
    "zip_of_two": lambda d: zip_of(d, ["a.bed", "b.bed"]),
    "index_past_end": lambda d: d[:24] + struct.pack("<Q", len(d) + 1000) + d[32:],
}


def content_of(row):
    if "make" in row:
        data = globals()[row["make"]]()
    else:
        data = row.get("text", "").replace("@VCF", VCF).encode("latin-1")
    before = data
    for name in row.get("wrap", []):
        before, data = data, WRAPPINGS[name](data)
    return data, before


class Runner:
    def __init__(self, weir, folder):
        self.weir = weir
        self.folder = folder
        self.environment = dict(os.environ, WEIR_STATE_DIR=os.path.join(folder, "state"),
                                WEIR_CACHE_DIR=os.path.join(folder, "cache"), LC_ALL="C")

    def run(self, row, place, option):
        out = os.path.join(place, "out")
        command = [self.weir, "preprocess", row["file"], "--json", "--retry", "--output-dir", out, "--threads", "2"]
        command += row.get("options", []) + option
        done = subprocess.run(command, cwd=place, env=self.environment, capture_output=True, text=True, check=False)
        try:
            document = json.loads(done.stdout)["files"][0]
        except (json.JSONDecodeError, KeyError, IndexError):
            document = {}
        left = sorted(os.listdir(out)) if os.path.isdir(out) else []
        shutil.rmtree(out, ignore_errors=True)
        return done, document, left


def wrong_refusal(row, code, result, place, before):
    done, document, left = result
    error = document.get("error", {})
    wrong = []
    if done.returncode != REFUSED:
        wrong.append(f"status {done.returncode}, not {REFUSED}: {done.stderr.strip()[:200]}")
    if error.get("code") != code:
        wrong.append(f"code {error.get('code')}, not {code}")
    text = f"{error.get('message')} {error.get('hint')}"
    if not error.get("message"):
        wrong.append("no message")
    if place in text:
        wrong.append("the message holds a path that nobody gave")
    if left:
        wrong.append(f"left behind: {left}")
    if code != row.get("code"):
        return wrong  # another reason than the row's: places and words are not its own
    data, inner = before
    offset = {"second_block": lambda: first_block(data), "end_of_member": lambda: len(inner)}.get(row.get("offset"))
    wanted = offset() if offset else row.get("offset")
    for key, value in (("line", row.get("line")), ("byte_offset", wanted)):
        if value is not None and error.get(key) != value:
            wrong.append(f"{key} {error.get(key)}, not {value}")
    wrong += [f"does not say '{part}': {text}" for part in row.get("says", []) if part not in text]
    return wrong


def wrong_acceptance(row, result, kind):
    done, document, left = result
    if done.returncode != 0:
        return [f"status {done.returncode}: {done.stderr.strip()[:300]}"]
    wrong = []
    report = document.get("report", {})
    if kind:
        found = [f for f in report.get("findings", []) if f["code"] == row["code"] and f["kind"] == kind]
        if not found:
            return [f"no {kind} '{row['code']}' among {report.get('findings')}"]
        for key, name in (("line", "first_line"), ("offset", "first_byte_offset")):
            if row.get(key) is not None and found[0].get(name) != row[key]:
                wrong.append(f"{name} {found[0].get(name)}, not {row[key]}")
        if found[0]["count"] < 1:
            wrong.append("not counted")
    if kind != "dropped" and "records" in row and report.get("records") != row["records"]:
        wrong.append(f"{report.get('records')} records, not {row['records']}")
    if "index" in row and report.get("index") != row["index"]:
        wrong.append(f"index {report.get('index')}, not {row['index']}")
    if len(left) != 2:
        wrong.append(f"data and index expected, not {left}")
    return wrong


KINDS = {"F": "repair", "W": "warning", "A": None}


def check(runner, row, place):
    before = content_of(row)
    prepare(row, place, before[0])
    wrong = []
    for option in ([], ["--strict"], ["--lenient"]):
        result = runner.run(row, place, option)
        if row["class"] == "R":
            dropped = option == ["--lenient"] and row.get("lenient") == "dropped"
            here = wrong_acceptance(row, result, "dropped") if dropped else \
                wrong_refusal(row, row["code"], result, place, before)
        elif option == ["--strict"] and (row["class"] != "A" or "strict" in row):
            here = wrong_refusal(row, row.get("strict", row.get("code")), result, place, before)
        else:
            here = wrong_acceptance(row, result, KINDS[row["class"]])
        wrong += [f"{' '.join(option) or 'normal'}: {reason}" for reason in here]
    return wrong


def prepare(row, place, data):
    for name, text in row.get("files", {}).items():
        with open(os.path.join(place, name), "w", encoding="utf-8") as stream:
            stream.write(text)
    if "ref.fa" in row.get("options", []):
        write_reference(place)
    path = os.path.join(place, row["file"])
    if row["file"].startswith("/"):
        return
    if row.get("make") == "directory":
        os.mkdir(path)
    elif row.get("make") == "fifo":
        os.mkfifo(path)
    else:
        with open(path, "wb") as stream:
            stream.write(data)


def directory():
    return b""


def fifo():
    return b""


def wrong_man_page(root):
    """Every code of the catalogue stands in the man page's table."""
    with open(os.path.join(root, "lib", "genomics", "problem.cpp"), encoding="utf-8") as stream:
        codes = set(re.findall(r'(?:refuse|droppable|repair|warning), "(\w+)"', stream.read()))
    with open(os.path.join(root, "man", "src", "weir-preprocess.1.scd"), encoding="utf-8") as stream:
        page = stream.read().replace("\\_", "_")
    return [f"the man page lacks {code}" for code in sorted(codes) if f"_{code}_" not in page] or \
        ([] if codes else ["no codes found in problem.cpp"])


def main():
    weir = os.path.abspath(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else None
    with open(os.path.join(os.path.dirname(__file__), "bad_inputs.json"), encoding="utf-8") as stream:
        table = json.load(stream)
    missing = {f"B{i}" for i in range(1, 73)} - {row["b"] for row in table}
    failures = [f"{number} has no row" for number in sorted(missing)]
    failures += wrong_man_page(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    checked = 0
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(weir, folder)
        for number, row in enumerate(table):
            if "elsewhere" in row or (only and row["b"] != only):
                continue
            place = os.path.join(folder, f"case{number}")
            os.mkdir(place)
            name = f"{row['b']} ({row.get('make') or row.get('text', '')[:30]!r} {' '.join(row.get('wrap', []))}" \
                   f" {' '.join(row.get('options', []))})"
            try:
                failures += [f"{name}: {reason}" for reason in check(runner, row, place)]
                checked += 1
            except Skip as reason:
                print(f"skipped: {name}: {reason}")
            shutil.rmtree(place)
    for failure in failures:
        print(failure)
    print(f"{checked} bad inputs, three times each; {len(failures)} failures")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
