#!/usr/bin/env python3
"""What services and gates cost: one line for each measure, with its target; MISSED where it is missed."""

import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

WAITING = 10_000
SERVICE_RUNS = 15
TASKS = 3000

SERVICE = """\
process S { service true
            output: path 'up'
            script: 'sleep 0.3; echo $EPOCHREALTIME > up; while :; do sleep 1000 & wait; done' }
process ASK { input: path up
              output: stdout
              script: 'now=$EPOCHREALTIME; echo $now $(cat up)' }
workflow { ASK(S()).view() }
"""
# Thousands that wait at a gate, and a process that does not: its tasks run one after the other.
CROWD = """\
process ALIGN { input: tuple val(id), path(reads)
                output: path 'x.bam'
                script: "date +%s%N > x.bam; [ -e $launchDir/first ] || cp x.bam $launchDir/first" }
process GO { hints 'open/skip': true
             output: val 1
             script: "until [ -e $launchDir/go ]; do sleep 0.05; done" }
process OTHER { hints 'open/skip': true
                maxForks 1
                input: val n
                script: "date +%s%N >> $launchDir/others" }
workflow { ALIGN(channel.of(1..(params.n as int)).map { n -> tuple(n, file("${launchDir}/reads.txt")) })
           OTHER(GO().flatMap { 1..40 }) }
"""
PLAIN = """\
process P { input: val n
            exec: n + 1 }
workflow { P(channel.of(1..3000)) }
"""

missed = 0


def report(name, value, unit, target=None):
    global missed
    line = f"{name:<66} {value:>9.2f} {unit:<6}"
    if target is not None:
        line += f" target {target:g} {unit}"
        if value > target:
            missed += 1
            line += "  MISSED"
    print(line, flush=True)


class Bench:
    def __init__(self, weir, root):
        self.weir, self.root = weir, root
        self.env = {**os.environ, "WEIR_STATE_DIR": str(root / "state"), "NO_COLOR": "1"}

    def run(self, under=()):
        done = subprocess.run([*under, self.weir, "run", "main.nf"], env=self.env, cwd=self.root,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
        shutil.rmtree(self.root / "work", ignore_errors=True)
        return done.stdout

    def write(self, script, config=""):
        (self.root / "main.nf").write_text(script)
        (self.root / "nextflow.config").write_text(config)

    def output_to_consumer(self):
        self.write(SERVICE, "executor.cpus = 4\n")
        times = []
        for _ in range(SERVICE_RUNS):
            first_command, output = map(float, re.search(r"^([\d.]+) ([\d.]+)$", self.run(), re.M).groups())
            times.append((first_command - output) * 1e3 - self.start_of_bash())
        report("a service's output to its consumer's start, median", statistics.median(times), "ms", 5)

    @staticmethod
    def start_of_bash():
        """What lies between a start of bash and its first command, in ms: no time of ours."""
        begin = time.time()
        first_command = subprocess.run(["bash", "-c", "echo $EPOCHREALTIME"], stdout=subprocess.PIPE, check=True).stdout
        return (float(first_command) - begin) * 1e3

    def program(self, *arguments):
        """Of bench_services: what is measured inside one process."""
        program = pathlib.Path(self.weir).parents[2] / "tests/bench/services/bench_services"
        return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout

    def cycles(self):
        above = float(re.search(r"above it ([-\d.]+) ms", self.program("cycles", "100")).group(1))
        report("start and stop of a service above the program's own, median", above, "ms", 10)

    def gates(self):
        text = self.program("gates", str(WAITING))
        for kind, each, first, last in re.findall(
                r"gates \d+( by inputs)?: (\d+) bytes each.*first answer after ([\d.]+) ms, last ([\d.]+) ms", text):
            name = f"gates of {WAITING} tasks{kind or ' of one path'}"
            if not kind:  # the second kind uses what the first one freed
                report(f"{name}: memory for each", int(each), "bytes", 1024)
            report(f"{name}: from opening to the first answer", float(first), "ms", 50)
            report(f"{name}: from opening to the last answer", float(last), "ms")

    def start(self, count):
        for name in ("open", "go", "first", "others"):
            (self.root / name).unlink(missing_ok=True)
        shutil.rmtree(self.root / "work", ignore_errors=True)
        return subprocess.Popen([self.weir, "run", "main.nf", "--n", str(count)], env=self.env, cwd=self.root,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def settled(self, run):
        """Resident bytes once they grow no more."""
        last = same = 0
        while same < 8:
            time.sleep(0.25)
            now = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{run.pid}/status").read_text()).group(1))
            same = same + 1 if now == last else 0
            last = now
        return last * 1024

    def wait_for(self, path, lines=1):
        while not path.exists() or path.read_text().count("\n") < lines:
            time.sleep(0.002)

    def gaps_of_others(self):
        """Between the tasks that do not wait, in ms: the first few, whose start is that of the run, left out."""
        (self.root / "go").touch()
        self.wait_for(self.root / "others", 40)
        times = [int(line) for line in (self.root / "others").read_text().split()]
        return statistics.median(b - a for a, b in zip(times[4:], times[5:])) / 1e6

    def end(self, run):
        run.send_signal(signal.SIGINT)
        run.wait()

    def crowd(self):
        (self.root / "reads.txt").write_text("x\n")
        self.write(CROWD, "executor.cpus = 4\n"
                   f"gates {{ open {{ type = 'file'\n path = '{self.root}/open' }} }}\n")
        alone = self.start(1)
        few_bytes = self.settled(alone)
        few_gap = self.gaps_of_others()
        self.end(alone)
        crowd = self.start(WAITING)
        bytes_now = self.settled(crowd)
        threads = len(list(pathlib.Path(f"/proc/{crowd.pid}/task").iterdir()))
        gap = self.gaps_of_others()
        report(f"{WAITING} waiting tasks in a run: memory, tasks included", (bytes_now - few_bytes) / 1e6, "MB", 50)
        each = (bytes_now - few_bytes) / WAITING
        report(f"{WAITING} waiting tasks in a run: memory for each, task included", each, "bytes")
        report(f"{WAITING} waiting tasks in a run: threads", threads, "", 8)
        report("other tasks' delay beside them, more than without", gap - few_gap, "ms", 20)
        opened = time.time_ns()
        (self.root / "open").touch()
        self.wait_for(self.root / "first")
        first = int((self.root / "first").read_text())
        report("gate opened to the first of them running, `date` included", (first - opened) / 1e6, "ms", 50)
        self.end(crowd)

    def instructions(self, config):
        """Of a run: all, and those of functions of services and gates; by valgrind, so the same each time."""
        self.write(PLAIN, config)
        counts = self.root / "callgrind"
        self.run(under=["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}"])
        text = subprocess.run(["callgrind_annotate", "--threshold=100", counts], check=True, stdout=subprocess.PIPE,
                              text=True, errors="replace").stdout
        counts.unlink()
        lines = re.findall(r"^ *([\d,]+) \([ \d.]+%\)  (.*)$", text, re.M)
        number = lambda count: int(count.replace(",", ""))
        own = sum(number(count) for count, name in lines if re.search(r"Service|Gate|Admi|RunWaits|needs_link", name))
        return next(number(count) for count, name in lines if name == "PROGRAM TOTALS"), own

    def nothing_used(self):
        """What a run pays for what it does not use: the functions of services and gates are counted, and where a weir
        was linked without them (target weir_without_gates) the same run by that."""
        if not shutil.which("valgrind"):
            print("skipped: instructions are counted by valgrind, which is not here")
            return
        total, own = self.instructions("")
        report("3,000 tasks, no gate: of a million instructions, in services and gates", own / total * 1e6, "", 10)
        without = pathlib.Path(self.weir).resolve().parents[2] / "tests/flow/without_gates/weir"
        if without.exists():
            # How often the run's record is written down depends on the clock: medians of runs that take turns.
            full, totals = self.weir, {self.weir: [], without: []}
            for _ in range(5):
                for self.weir in totals:
                    totals[self.weir].append(self.instructions("")[0])
            self.weir = full
            ratio = statistics.median(totals[full]) / statistics.median(totals[without])
            report("3,000 tasks, no gate: instructions, of those without gates", ratio, "times", 1.01)
        else:
            print("skipped: no weir without gates; build the target weir_without_gates")
        total, own = self.instructions("gates { open { type = 'file'\n path = '/nowhere'\n skip = true } }\n")
        report("3,000 tasks that skip a gate: instructions of gates for each", own / TASKS, "", 1000)
        report("3,000 tasks that skip a gate: share of all instructions", own / total * 100, "%", 1)


def main():
    root = pathlib.Path(tempfile.mkdtemp(prefix="weir-services-bench-"))
    bench = Bench(sys.argv[1], root)
    try:
        bench.output_to_consumer()
        bench.cycles()
        bench.gates()
        bench.crowd()
        bench.nothing_used()
    finally:
        shutil.rmtree(root, ignore_errors=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
