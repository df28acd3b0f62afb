#!/usr/bin/env python3
"""Nothing in a file makes weir open a connection, though a server listens where the file points.

    no_network.py WEIR

A CRAM whose header names its reference by an address (UR:), with REF_PATH pointing there, too; and a file that is an
htsget ticket. Needs samtools.
"""
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

NOT_NEEDED, REFUSED = 0, 3


class Listener:
    """Counts connections to a port of this machine, and answers none."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.count = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            self.count += 1
            connection.close()

    def counts(self):
        """Connections since the last call. One of our own comes last: when it is counted, all before it were."""
        with socket.create_connection(self.socket.getsockname()) as own:
            own.recv(1)
        others, self.count = self.count - 1, 0
        return others


def cram(folder, name, positions, address):
    bases = "ACGT" * 25
    md5 = hashlib.md5(bases.encode()).hexdigest()
    stored = os.path.join(folder, md5)  # for samtools to write with, and gone when weir reads
    with open(stored, "w", encoding="ascii") as stream:
        stream.write(bases)
    reads = "".join(f"r{p}\t0\tc\t{p}\t30\t4M\t*\t0\t0\tACGT\tIIII\n" for p in positions)
    path = os.path.join(folder, name)
    subprocess.run(["samtools", "view", "--no-PG", "-C", "-o", path, "-"], check=True, text=True,
                   env=dict(os.environ, REF_PATH=os.path.join(folder, "%s")),
                   input=f"@HD\tVN:1.6\n@SQ\tSN:c\tLN:100\tM5:{md5}\tUR:{address}/ref.fa\n{reads}")
    header = subprocess.run(["samtools", "view", "-H", path], check=True, capture_output=True, text=True).stdout
    assert f"UR:{address}" in header and "M5:" in header, header
    os.remove(stored)
    return path


def main():
    weir = os.path.abspath(sys.argv[1])
    if shutil.which("samtools") is None:
        print("skipped: no samtools")
        return 77
    listener = Listener()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, WEIR_STATE_DIR=os.path.join(folder, "state"),
                           WEIR_CACHE_DIR=os.path.join(folder, "cache"), REF_PATH=listener.address + "/%s")
        environment.pop("REF_CACHE", None)
        ticket = os.path.join(folder, "ticket.vcf")
        with open(ticket, "w", encoding="ascii") as stream:
            stream.write('{"htsget": {"format": "VCF", "urls": [{"url": "%s/a.vcf"}]}}\n' % listener.address)
        cases = [(cram(folder, "sorted.cram", [9, 21], listener.address), NOT_NEEDED, ""),
                 (cram(folder, "shuffled.cram", [21, 9], listener.address), REFUSED, "reference_unavailable"),
                 (ticket, REFUSED, "not_genomic")]
        for source, status, code in cases:
            done = subprocess.run([weir, "preprocess", source, "--output-dir", os.path.join(folder, "out")], env=environment,
                                  capture_output=True, text=True, check=False, timeout=60)
            if done.returncode != status or code not in done.stderr:
                failures.append(f"{os.path.basename(source)}: status {done.returncode}: {done.stderr.strip()}")
            if listener.counts() != 0:
                failures.append(f"{os.path.basename(source)}: a connection was made")
        # The test can fail: what it guards against does happen to those who do not guard.
        subprocess.run(["samtools", "view", cases[1][0]], env=environment, capture_output=True, check=False, timeout=60)
        if listener.counts() == 0:
            failures.append("samtools makes no connection, so this test shows nothing")
    for failure in failures:
        print(failure)
    print(f"{len(cases)} files, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
