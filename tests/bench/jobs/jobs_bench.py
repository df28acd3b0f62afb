#!/usr/bin/env python3
"""Prints measures of `weir jobs`; a line that says MISSED misses its target."""

import datetime
import json
import math
import os
import pathlib
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HISTORY = 10_000
PAIRS = 60
FOLLOWED_TASKS = 1000


def report(name, value, target, unit, better=min):
    good = value <= target if better is min else value >= target
    print(f"{name}: {value:.3f} {unit} (target {target} {unit}){'' if good else '  MISSED'}")


class Bench:
    def __init__(self, weir, root):
        self.weir, self.root = weir, root
        self.env = {**os.environ, "WEIR_STATE_DIR": str(root / "state"), "NO_COLOR": "1"}

    def run(self, *arguments, **more):
        return subprocess.run([self.weir, *arguments], env=self.env, cwd=self.root, check=True, **more)

    def history(self):
        """10,000 copies of one real run's rows, with their events."""
        self.run("run", "--engine", "exec", "--quiet", "--", "true")
        database = sqlite3.connect(self.root / "state/weir.db")
        columns = [row[1] for row in database.execute("PRAGMA table_info(jobs)")]
        names = ", ".join(column for column in columns if column not in ("number", "id"))
        for number in range(2, HISTORY + 2):
            database.execute(
                f"INSERT INTO jobs(number, id, {names}) SELECT {number}, 'r{number:011x}', {names}"
                " FROM jobs WHERE number = 1"
            )
            database.execute(
                "INSERT INTO job_events SELECT (? << 32) + (place & 4294967295), attempt, at, type,"
                " data FROM job_events WHERE place < 2 << 32",
                (number,),
            )
        database.commit()
        database.close()
        for command in ("list", "status"):
            times = []
            for _ in range(20):
                begin = time.perf_counter()
                self.run("jobs", command, stdout=subprocess.DEVNULL)
                times.append((time.perf_counter() - begin) * 1000)
            report(f"jobs {command} with {HISTORY} runs", statistics.median(times), 10, "ms")

    def pipeline(self, tasks):
        (self.root / "main.nf").write_text(
            f"process P {{ input: val n\n script: ':' }}\n"
            f"workflow {{ P(channel.of(1..{tasks})) }}\n"
        )
        return ["run", "main.nf", "--quiet", "-w", str(self.root / "work")]

    def latency(self):
        """From the end of a task, as its event tells it, to the line of a follower beside it; and
        to that of the run's own `--events ndjson`."""
        command = self.pipeline(2000)
        own = subprocess.Popen(
            [self.weir, *command, "--events", "ndjson"], env=self.env, cwd=self.root,
            stdout=subprocess.PIPE,
        )
        self.delays("its own events", own)
        shutil.rmtree(self.root / "work")
        run = self.run(*command, "--detach", stdout=subprocess.PIPE, text=True).stdout.strip()
        follower = subprocess.Popen(
            [self.weir, "jobs", "events", run, "--follow"], env=self.env, cwd=self.root,
            stdout=subprocess.PIPE,
        )
        self.delays("a follower", follower)
        shutil.rmtree(self.root / "work")

    @staticmethod
    def delays(who, child):
        lines = []
        for line in child.stdout:
            lines.append((time.time(), line))
        child.wait()
        delays, ends = [], []
        for seen, line in lines:
            event = json.loads(line)
            if event["type"] != "task" or event["data"]["state"] != "completed":
                continue
            complete = event["data"]["complete"].replace("Z", "+00:00")
            ends.append(datetime.datetime.fromisoformat(complete).timestamp())
            delays.append((seen - ends[-1]) * 1000)
        delays.sort()
        rate = len(delays) / max(max(ends) - min(ends), 0.001)
        print(f"{len(delays)} tasks at {rate:.0f} a second")
        report(f"task end to {who}, 99th percentile", delays[len(delays) * 99 // 100], 50, "ms")

    def logs(self):
        line = "x" * 124
        big = self.root / "big"
        with open(big, "w") as file:
            for _ in range(1000):
                file.write((line + "\n") * 1000)
        self.run("run", "--engine", "exec", "--quiet", "--", "cat", str(big),
                 stdout=subprocess.DEVNULL)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        begin = time.perf_counter()
        self.run("jobs", "logs", "@last", "-f", stdout=subprocess.DEVNULL)
        rate = big.stat().st_size / (time.perf_counter() - begin) / 1e6
        report("a million log lines followed", rate, 200, "MB/s", max)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        if memory * 1024 > before:
            report("peak memory of it", memory, 64, "MB")
        else:
            print(f"peak memory of it: below {before / 1024:.0f} MB, that of the runs before")

    def follower(self, run, file):
        with open(file, "wb") as output:
            return subprocess.Popen(
                [self.weir, "jobs", "events", run, "-f"], env=self.env, cwd=self.root,
                stdout=output,
            )

    def followers(self):
        """From the moment that a run whose first task waits may go on to its end, with followers
        that are there before, so that no start of a process is in the measure. Many short pairs in
        chance order, the outer tenths left out: one run to the next differs by more than what is
        asked for."""
        go = self.root / "go"
        (self.root / "main.nf").write_text(
            "process GO { output: val 1\n script: 'while [ ! -e %s ]; do sleep 0.01; done' }\n"
            "process P { input: val n\n script: ':' }\n"
            "workflow { P(GO().flatMap { one -> (1..%d).toList() }) }\n" % (go, FOLLOWED_TASKS)
        )
        command = ["run", "main.nf", "--quiet", "-w", str(self.root / "work"), "--detach"]
        ratios = []
        for _ in range(PAIRS):
            seconds = {}
            for count in random.sample((0, 10), 2):
                shutil.rmtree(self.root / "work", ignore_errors=True)
                go.unlink(missing_ok=True)
                run = self.run(*command, stdout=subprocess.PIPE, text=True).stdout.strip()
                heard = [self.root / f"heard{number}" for number in range(count)]
                followers = [self.follower(run, file) for file in heard]
                while not all(file.stat().st_size for file in heard):
                    time.sleep(0.01)
                begin = time.perf_counter()
                go.touch()
                self.run("jobs", "wait", run)
                seconds[count] = time.perf_counter() - begin
                for follower in followers:
                    follower.wait()
            ratios.append(math.log(seconds[10] / seconds[0]))
        kept = sorted(ratios)[PAIRS // 10 : PAIRS - PAIRS // 10]
        error = statistics.stdev(kept) / math.sqrt(len(kept))
        ratio = math.exp(statistics.mean(kept))
        report("a run with ten followers over one with none", ratio, 1.02, "times")
        print(f"  standard error of it: {error:.4f}")


def main():
    weir = str(pathlib.Path(sys.argv[1]).resolve())
    root = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm", prefix="weir-jobs-bench-"))
    try:
        bench = Bench(weir, root)
        bench.history()
        bench.latency()
        bench.logs()
        bench.followers()
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
