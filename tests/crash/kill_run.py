#!/usr/bin/env python3
"""kill -9 of `weir run` at random moments of the example pipeline.

After each kill: no process of the run is alive within five seconds; `weir jobs list` shows no run
that goes on; and `-resume` completes with the files of an undisturbed run. Prints its seed, which
WEIR_TEST_SEED sets.
"""

import argparse
import json
import os
import pathlib
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SECONDS_TO_DIE = 5
SECONDS_TO_RUN = 120
ACTIVE = {"queued", "starting", "running", "cancelling"}


class Scene:
    """A launch folder with a state, a cache and an environment token of its own."""

    def __init__(self, root, name, weir, pipeline):
        self.folder = root / name
        self.launch = self.folder / "launch"
        self.launch.mkdir(parents=True)
        self.weir = weir
        self.pipeline = pipeline
        self.token = f"WEIR_CRASH_TOKEN={self.folder}"
        key, _, value = self.token.partition("=")
        self.environment = {
            **os.environ,
            key: value,
            "PATH": f"{weir.parent}:{os.environ['PATH']}",
            "WEIR_STATE_DIR": str(self.folder / "state"),
            "WEIR_CACHE_DIR": str(self.folder / "cache"),
            "NO_COLOR": "1",
        }
        self.log = self.folder / "log"

    def start(self, *more):
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [str(self.weir), "run", str(self.pipeline), *more],
                cwd=self.launch,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, *more):
        child = self.start(*more)
        try:
            return child.wait(SECONDS_TO_RUN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return f"still running after {SECONDS_TO_RUN} s"

    def jobs(self):
        """The records of the runs, as the user would see them."""
        command = [str(self.weir), "jobs", "list", "--json"]
        done = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, timeout=30, check=True
        )
        return [job for job in json.loads(done.stdout)["jobs"] if job["kind"] == "run"]

    def results(self):
        """{path: content} of the tables that the pipeline publishes."""
        folder = self.launch / "results"
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*.tsv"))
        }

    def alive(self):
        """Ids of this scene's processes: by the token, or (Redis writes over its environment) by
        the folder they work in."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                ours = self.token.encode() in (entry / "environ").read_bytes().split(b"\0")
                ours = ours or os.readlink(entry / "cwd").startswith(str(self.folder))
            except OSError:
                continue  # it has ended, or is somebody else's
            if ours:
                found.append(int(entry.name))
        return found

    def still_alive_after(self, seconds):
        """Those of its processes that outlive the time, as "id command"."""
        deadline = time.monotonic() + seconds
        while True:
            alive = self.alive()
            if not alive or time.monotonic() >= deadline:
                return [f"{pid} {command_of(pid)}" for pid in alive]
            wait_for_end(alive[0], max(0.0, deadline - time.monotonic()))


def command_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "(ended)"


def wait_for_end(pid, seconds):
    """True when the process ended within the time."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def check_one(scene, moment, expected):
    """What one kill met: the processes seen before it, the states recorded after it, complaints."""
    child = scene.start()
    ended_before = wait_for_end(child.pid, moment)
    seen = [pid for pid in scene.alive() if pid != child.pid]
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    left = scene.still_alive_after(SECONDS_TO_DIE)
    complaints = [f"alive {SECONDS_TO_DIE} s after the kill: {text}" for text in left]
    jobs = scene.jobs()
    states = [job["state"] for job in jobs]
    complaints += [f"a run is shown as {state}" for state in states if state in ACTIVE]
    # The kill can come before the run is recorded; and at its end, after it is.
    if len(jobs) > 1 or (ended_before and states != ["succeeded"]):
        complaints.append(f"the records say {states}")
    status = scene.run("-resume")
    if status != 0:
        complaints.append(f"-resume ended with {status}")
    elif scene.results() != expected:
        complaints.append("-resume published other tables than an undisturbed run")
    elif [job["state"] for job in scene.jobs()].count("succeeded") != 1 + states.count("succeeded"):
        complaints.append("the resumed run is not shown as succeeded")
    return len(seen), states or ["not recorded"], complaints


def leave(root, failed):
    """The exit status of a test. What failing rounds left is kept for those who look into them."""
    if failed:
        print(f"everything they left is in {root}")
        return 1
    shutil.rmtree(root)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("pipeline", type=pathlib.Path)
    arguments = parser.parse_args()
    seed = int(os.environ.get("WEIR_TEST_SEED", random.SystemRandom().randrange(1 << 31)))
    print(f"seed {seed} (WEIR_TEST_SEED={seed} repeats the moments)")
    chance = random.Random(seed)
    root = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="weir-crash-")))
    weir, pipeline = arguments.weir.resolve(), arguments.pipeline.resolve()

    undisturbed = Scene(root, "undisturbed", weir, pipeline)
    begin = time.monotonic()
    status = undisturbed.run()
    length = time.monotonic() - begin
    if status != 0:
        print(undisturbed.log.read_text())
        sys.exit(f"the undisturbed run ended with {status}; see {root}")
    expected = undisturbed.results()
    print(f"an undisturbed run takes {length:.2f} s and publishes {len(expected)} tables")

    failed = 0
    seen_by_all = 0
    for number in range(1, arguments.kills + 1):
        moment = chance.uniform(0, length)
        scene = Scene(root, f"kill-{number}", weir, pipeline)
        seen, states, complaints = check_one(scene, moment, expected)
        seen_by_all += seen
        verdict = "not ok" if complaints else "ok"
        print(
            f"{verdict} {number}: killed after {moment:.3f} s beside {seen} processes of its own,"
            f" then {', '.join(states)}"
        )
        for complaint in complaints:
            print(f"    {complaint}")
        failed += bool(complaints)
        if not complaints:
            shutil.rmtree(scene.folder)
    if seen_by_all == 0:
        failed += 1
        print("not ok: no kill met any process, so none can have been missed")
    print(f"{arguments.kills - failed} of {arguments.kills} kills passed")
    return leave(root, failed)


if __name__ == "__main__":
    sys.exit(main())
