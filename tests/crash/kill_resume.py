#!/usr/bin/env python3
"""kill -9 of a run of 200 tasks at random moments, then -resume.

After each kill: nothing of the run is left alive; after -resume the results equal those of an
undisturbed run, and no task whose folder was sealed at the moment of the kill has run again. Some
rounds kill the resumed run too. Prints its seed, which WEIR_TEST_SEED sets.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from kill_run import leave, wait_for_end

SECONDS_TO_DIE = 10
SECONDS_TO_RUN = 300
TASKS = 190  # and ten that join them

PIPELINE = """
process MAKE {
    input: val x
    output: tuple val(x), path("made.txt")
    script:
    '''
    echo MAKE-%s >> "$RUN_LOG"
    echo "one $((%s * 7))" > made.txt
    '''
}
process JOIN {
    publishDir 'results', mode: 'copy'
    input: tuple val(group), path(parts, stageAs: 'part?.txt')
    output: path "${group}.txt"
    script:
    '''
    echo JOIN-%s >> "$RUN_LOG"
    cat part*.txt | sort > %s.txt
    '''
}
workflow {
    made = MAKE(channel.of(1..%d))
    JOIN(made.map { x, file -> tuple(x %% 10, file) }.groupTuple().map { group, files ->
        tuple(group, files.sort { one -> one.text }) })
}
"""


def pipeline_text():
    text = PIPELINE % ("${x}", "${x}", "${group}", "${group}", TASKS)
    # Triple double quotes: the script's own variables are the shell's.
    return text.replace("'''", '"""').replace('"$RUN_LOG"', '"\\$RUN_LOG"').replace("$((", "\\$((")


class Scene:
    def __init__(self, root, name, weir):
        self.folder = root / name
        self.folder.mkdir(parents=True)
        (self.folder / "main.nf").write_text(pipeline_text())
        self.weir = weir
        self.run_log = self.folder / "ran"
        self.token = f"WEIR_CRASH_TOKEN={self.folder}"
        self.environment = {
            **os.environ,
            "WEIR_CRASH_TOKEN": str(self.folder),
            "RUN_LOG": str(self.run_log),
            "WEIR_STATE_DIR": str(self.folder / "state"),
            "NO_COLOR": "1",
        }

    def start(self, *more):
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(
                [str(self.weir), "run", "main.nf", *more], cwd=self.folder, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def run(self, *more):
        child = self.start(*more)
        try:
            return child.wait(SECONDS_TO_RUN)
        except subprocess.TimeoutExpired:
            child.kill()
            return f"still running after {SECONDS_TO_RUN} s"

    def ran(self):
        """How often each task's script began."""
        counts = {}
        if self.run_log.exists():
            for line in self.run_log.read_text().splitlines():
                counts[line] = counts.get(line, 0) + 1
        return counts

    def sealed(self):
        """The tasks whose folder is sealed, by the name that their script logs."""
        found = set()
        for seal in (self.folder / "work").glob("??/*/.weir.seal"):
            script = (seal.parent / ".command.sh").read_text()
            found.add(re.search(r"echo (\w+-\d+) ", script).group(1))
        return found

    def results(self):
        folder = self.folder / "results"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}

    def alive(self):
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if self.token.encode() in environment_of(entry).split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def still_alive(self):
        deadline = time.monotonic() + SECONDS_TO_DIE
        while True:
            alive = self.alive()
            if not alive or time.monotonic() >= deadline:
                return alive
            wait_for_end(alive[0], max(0.0, deadline - time.monotonic()))


def environment_of(process):
    """Looked at again while it is empty: in the middle of an exec a process shows none."""
    for _ in range(1000):
        environment = (process / "environ").read_bytes()
        if environment:
            return environment
        os.readlink(process / "exe")  # a thread of the kernel has none: an OSError
        os.sched_yield()
    return b""


def kill_at(scene, moment, *more):
    """Kills when `moment` more scripts have begun and a few milliseconds have passed."""
    child = scene.start(*more)
    wanted = int(moment) + sum(scene.ran().values())
    ended = False
    while not ended and sum(scene.ran().values()) < wanted:
        ended = wait_for_end(child.pid, 0.002)
    ended = ended or wait_for_end(child.pid, (moment - int(moment)) * 0.02)
    if not ended:
        os.kill(child.pid, signal.SIGKILL)
    child.wait()
    return ended


def check_one(scene, moments, expected):
    complaints = []
    before = {}
    sealed = set()
    for number, moment in enumerate(moments):
        kill_at(scene, moment, *(["-resume"] if number else []))
        left = scene.still_alive()
        complaints += [f"process {pid} is alive {SECONDS_TO_DIE} s after the kill" for pid in left]
        again = {task for task in sealed if scene.ran()[task] > before[task]}
        complaints += [f"{task} was sealed and ran again" for task in sorted(again)]
        before, sealed = scene.ran(), scene.sealed()
    status = scene.run("-resume")
    if status != 0:
        complaints.append(f"-resume ended with {status}")
    ran = scene.ran()
    again = {task for task in sealed if ran[task] > before[task]}
    complaints += [f"{task} was sealed and ran again" for task in sorted(again)]
    if scene.results() != expected:
        complaints.append("the results differ from those of an undisturbed run")
    return len(sealed), complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=100)
    arguments = parser.parse_args()
    seed = int(os.environ.get("WEIR_TEST_SEED", random.SystemRandom().randrange(1 << 31)))
    print(f"seed {seed} (WEIR_TEST_SEED={seed} repeats the moments)")
    chance = random.Random(seed)
    root = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="weir-crash-")))
    weir = arguments.weir.resolve()
    undisturbed = Scene(root, "undisturbed", weir)
    begin = time.monotonic()
    status = undisturbed.run()
    length = time.monotonic() - begin
    if status != 0 or len(undisturbed.results()) != 10:
        print((undisturbed.folder / "log").read_text()[-2000:])
        sys.exit(f"the undisturbed run ended with {status}; see {root}")
    expected = undisturbed.results()
    print(f"an undisturbed run takes {length:.2f} s")
    failed = 0
    for number in range(1, arguments.rounds + 1):
        kills = 2 if number % 4 == 0 else 1
        moments = [chance.uniform(0, (TASKS + 12) / kills) for _ in range(kills)]
        scene = Scene(root, f"round-{number}", weir)
        sealed, complaints = check_one(scene, moments, expected)
        verdict = "not ok" if complaints else "ok"
        shown = " and ".join(f"{moment:.1f}" for moment in moments)
        print(f"{verdict} {number}: killed after {shown} tasks with {sealed} tasks sealed", flush=True)
        for complaint in complaints[:5]:
            print(f"    {complaint}")
        failed += bool(complaints)
        if not complaints:
            shutil.rmtree(scene.folder)
    print(f"{arguments.rounds - failed} of {arguments.rounds} rounds passed")
    return leave(root, failed)


if __name__ == "__main__":
    sys.exit(main())
