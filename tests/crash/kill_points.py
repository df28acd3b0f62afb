#!/usr/bin/env python3
"""kill -9 at every step of a run, of one that waits, of a cancel, of an adoption.

strace ends each process at its N-th call that leaves something behind (a write, a rename, a lock, a
new process), N from the first to the last. After each kill: the lane is free once what still lives
has ended; every record is in a terminal state, with events that count without a gap to one
`complete`; no engine started twice, none succeeded that did not end; the database is whole.
--points N takes a sample; prints its seed, which WEIR_TEST_SEED sets.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from kill_resume import Scene
from kill_run import leave

SECONDS = 60
CALLS = (
    "execve,clone,clone3,vfork,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,rename,unlink,"
    "mkdir,symlink,linkat,flock,fcntl,kill,pidfd_send_signal"
)
PIPELINE = """
process P { output: path 'o'
  script: 'echo x >>"$STARTED"; echo o >o; touch "$DONE"' }
workflow { P() }
"""
SKIPPED = 77


class Step(Scene):
    """A launch folder in which one command is killed."""

    def __init__(self, root, name, weir):
        super().__init__(root, name, weir)
        (self.folder / "main.nf").write_text(PIPELINE)
        self.started, self.done = self.folder / "started", self.folder / "done"
        # LeakSanitizer does not work under strace.
        self.environment |= {"STARTED": str(self.started), "DONE": str(self.done)}
        self.environment["ASAN_OPTIONS"] = "detect_leaks=0"
        self.go = self.folder / "go"

    def weir_run(self, *arguments, prefix=(), **more):
        return subprocess.run(
            [*prefix, str(self.weir), *arguments], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=SECONDS, **more,
        )  # fmt: skip

    def exec_run(self, script, *options):
        return ["run", "--engine", "exec", *options, "--", "sh", "-c", script]

    @property
    def engine(self):
        return 'echo x >>"$STARTED"; echo said; touch "$DONE"'

    @property
    def held(self):
        return f'echo x >>"$STARTED"; while [ ! -e {self.go} ]; do sleep 0.02; done; touch "$DONE"'

    # What is killed: each returns the arguments of the command, after preparing its surroundings.
    def native(self):
        return ["run", "main.nf"]

    def exec(self):
        return self.exec_run(self.engine)

    def detached(self):
        return self.exec_run(self.engine, "--detach")

    def native_detached(self):
        return ["run", "main.nf", "--detach"]

    def waiting(self):
        """Waits for the lane, which becomes free soon."""
        holder = "sleep 0.3"
        assert self.weir_run(*self.exec_run(holder, "--detach")).returncode == 0
        return self.exec_run(self.engine, "--on-busy", "queue")

    def cancelling(self):
        """Cancels a run that would go on for ever."""
        done = self.weir_run(*self.exec_run(self.held, "--detach", "--grace", "1s"))
        assert done.returncode == 0, done.stdout
        return ["jobs", "cancel", done.stdout.strip()]

    def adopting(self):
        """Finds an engine whose supervisor was killed, and takes it over."""
        script = f'echo x >>"$STARTED"; while [ ! -e {self.go} ]; do sleep 0.02; done; sleep 0.5; '
        done = self.weir_run(*self.exec_run(script + 'touch "$DONE"', "--detach"))
        assert done.returncode == 0, done.stdout
        database = sqlite3.connect(self.folder / "state/weir.db")
        os.kill(database.execute("SELECT owner_pid FROM jobs").fetchone()[0], 9)
        database.close()
        self.go.touch()  # the adopter is followed by strace to its end
        return ["jobs", "list"]

    def settle(self):
        """Lets everything end that still lives; the complaints about what it left."""
        self.go.touch()
        wait = ["jobs", "wait", "--timeout", f"{SECONDS // 2}s", "--quiet"]
        complaints = []
        for job in self.jobs():
            ended = self.weir_run(*wait, job["id"])
            if ended.returncode == 124:
                complaints.append(f"{job['id']} does not end: {job['state']}")
        left = self.still_alive()
        complaints += [f"process {pid} lives on" for pid in left]
        jobs = self.jobs()
        for job in jobs:
            complaints += self.check_job(job)
        begun = self.started.read_text().count("x") if self.started.exists() else 0
        if begun > 1:
            complaints.append(f"the engine started {begun} times")
        if any(j["state"] == "succeeded" and j["name"] != "sh -c sleep 0.3" for j in jobs):
            if not self.done.exists():
                complaints.append("succeeded, though the engine did not end")
        after = self.weir_run(*self.exec_run("true"))
        if after.returncode != 0:
            complaints.append(f"the next run ended with {after.returncode}: {after.stdout}")
        database = sqlite3.connect(self.folder / "state/weir.db")
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        database.close()
        if whole != "ok":
            complaints.append(f"the database: {whole}")
        return [job["state"] for job in jobs], complaints

    def jobs(self):
        done = self.weir_run("jobs", "list", "--json")
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)["jobs"]

    def check_job(self, job):
        if job["state"] not in ("succeeded", "failed", "cancelled", "lost"):
            return [f"{job['id']} is left as {job['state']}"]
        lines = self.weir_run("jobs", "events", job["id"]).stdout.splitlines()
        events = [json.loads(line) for line in lines]
        numbers = [event["seq"] for event in events]
        if numbers != list(range(1, len(events) + 1)):
            return [f"events of {job['id']} count {numbers}"]
        ends = [event["type"] for event in events].count("complete")
        return [] if ends == 1 else [f"{ends} ends of {job['id']}"]


ACTS = ("native", "exec", "detached", "native_detached", "waiting", "cancelling", "adopting")


def points_of(root, weir, act):
    """How often each call is made by the process that makes it most."""
    step = Step(root, f"{act}-undisturbed", weir)
    log = step.folder / "calls"
    command = getattr(step, act)()
    step.weir_run(*command, prefix=["strace", "-f", "-qq", "-o", log, "-e", f"trace={CALLS}"])
    counts = collections.Counter()
    for line in log.read_text(errors="replace").splitlines():
        if match := re.match(r"(\d+)\s+(\w+)\(", line):
            counts[match.groups()] += 1
    most = {}
    for (_, call), count in counts.items():
        most[call] = max(most.get(call, 0), count)
    states, complaints = step.settle()
    if complaints:
        sys.exit(f"{act}, undisturbed: {complaints}")
    shutil.rmtree(step.folder)
    return [(act, call, number) for call, count in most.items() for number in range(1, count + 1)]


def kill_at(root, weir, act, call, number):
    step = Step(root, f"{act}-{call}-{number}", weir)
    command = getattr(step, act)()
    inject = f"inject={call}:signal=KILL:when={number}"
    prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
    step.weir_run(*command, prefix=prefix)
    states, complaints = step.settle()
    if not complaints:
        shutil.rmtree(step.folder)
    return states, complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("--points", type=int, default=0, help="0: all")
    arguments = parser.parse_args()
    root = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="weir-points-")))
    if not shutil.which("strace") or subprocess.run(
        ["strace", "-qq", "-o", "/dev/null", "true"], check=False
    ).returncode:
        print("skipped: strace is missing, or may not trace here")
        return SKIPPED
    weir = arguments.weir.resolve()
    seed = int(os.environ.get("WEIR_TEST_SEED", random.SystemRandom().randrange(1 << 31)))
    print(f"seed {seed} (WEIR_TEST_SEED={seed} repeats the sample)")
    points = [point for act in ACTS for point in points_of(root, weir, act)]
    chosen = points
    if 0 < arguments.points < len(points):
        # As many of each act, and of its calls as many of each kind as may be: writes are most.
        chance = random.Random(seed)
        chance.shuffle(points)
        chosen, left = [], list(points)
        while len(chosen) < arguments.points:
            taken = collections.Counter(point[0] for point in chosen)
            calls = collections.Counter(point[:2] for point in chosen)
            left.sort(key=lambda point: (taken[point[0]], calls[point[:2]]))
            chosen.append(left.pop(0))
    failed = 0
    seen = collections.Counter()
    for act, call, number in chosen:
        states, complaints = kill_at(root, weir, act, call, number)
        seen.update([f"{act}: {' '.join(states) or 'nothing recorded'}"])
        failed += bool(complaints)
        if complaints:
            print(f"not ok: {act} killed at {call} {number}, then {states}", flush=True)
            print("".join(f"    {complaint}\n" for complaint in complaints[:5]), end="", flush=True)
    for what, count in sorted(seen.items()):
        print(f"{count:5} x {what}")
    print(f"{len(chosen) - failed} of {len(chosen)} kills passed, of {len(points)} steps")
    return leave(root, failed)


if __name__ == "__main__":
    sys.exit(main())
