#!/usr/bin/env python3
"""Kills the controller of a service, its guardian, or both, with kill -9 at random moments: nothing of the service may be left.

Each round starts `weir serve-service` with a hostile service: a shell with a child in its group and a daemon that left the
session, both deaf to TERM. After the kill nothing with the round's token may be alive for 10 s; where both were killed at
once, `weir serve-service list` is run first, since it sweeps. Prints its seed, which WEIR_TEST_SEED sets.
"""

import argparse
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

SECONDS_TO_DIE = 10
GRACE = "300ms"
SERVICE = """
trap '' TERM
setsid sh -c 'trap "" TERM; while :; do sleep 1000; done' &
sh -c 'trap "" TERM; while :; do sleep 1000; done' &
echo up > "$UP"
while :; do sleep 1000; done
"""


def processes_of(token):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if token.encode() in (entry / "environ").read_bytes().split(b"\0"):
                if (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                    found.append(int(entry.name))
        except OSError:
            continue  # it has ended, or is somebody else's
    return found


def wait_for_end(pid, seconds):
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([descriptor], [], [], max(0.0, seconds))
    finally:
        os.close(descriptor)


def gone_within(token, seconds):
    deadline = time.monotonic() + seconds
    while True:
        alive = processes_of(token)
        if not alive or time.monotonic() >= deadline:
            return alive
        wait_for_end(alive[0], deadline - time.monotonic())


def guardian_of(pid):
    """The process that weir forked first: it is called weir-host."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        name, rest = stat[stat.index("(") + 1 :].rsplit(")", 1)
        if name == "weir-host" and int(rest.split()[1]) == pid:
            return int(entry.name)
    return None


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def start(weir, folder, number):
    token = f"WEIR_CRASH_TOKEN={folder}-{number}"
    key, _, value = token.partition("=")
    up = folder / f"up-{number}"
    environment = {**os.environ, key: value, "UP": str(up), "WEIR_STATE_DIR": str(folder / "state")}
    command = [str(weir), "serve-service", "--grace", GRACE, "--ready-file", str(up), "--", "sh", "-c", SERVICE]
    child = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return child, token, environment, up


def time_to_up(weir, folder):
    """How long one start takes here and now: a sanitizer or a busy machine makes it many times longer."""
    begin = time.monotonic()
    child, token, _, up = start(weir, folder, "first")
    while not up.exists() and child.poll() is None:
        wait_for_end(child.pid, 0.005)
    taken = time.monotonic() - begin
    child.terminate()
    child.wait()
    left = gone_within(token, SECONDS_TO_DIE)
    assert not left, f"alive after an ordinary end: {left}"
    return taken


def one_round(weir, folder, number, victim, moment):
    child, token, environment, _ = start(weir, folder, number)
    wait_for_end(child.pid, moment)
    seen = len(processes_of(token)) - 1
    guardian = guardian_of(child.pid)
    if victim in ("both", "guardian") and guardian:
        kill(guardian)
    if victim in ("both", "controller"):
        kill(child.pid)
    if victim == "guardian":  # the controller cleans up and ends by itself
        wait_for_end(child.pid, SECONDS_TO_DIE)
        kill(child.pid) if child.poll() is None and not guardian else None
    if victim != "guardian":
        child.wait()
    if victim == "both":
        if guardian:
            wait_for_end(guardian, SECONDS_TO_DIE)
        subprocess.run([str(weir), "serve-service", "list"], env=environment, stdout=subprocess.DEVNULL, timeout=60)
    left = gone_within(token, SECONDS_TO_DIE)
    if child.poll() is None:
        kill(child.pid)
        child.wait()
    for pid in left:
        kill(pid)
    return seen, [pid for pid in left if pid != child.pid]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=6)
    arguments = parser.parse_args()
    seed = int(os.environ.get("WEIR_TEST_SEED", random.SystemRandom().randrange(1 << 31)))
    print(f"seed {seed} (WEIR_TEST_SEED={seed} repeats the moments)")
    chance = random.Random(seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-kill-service-"))
    failed = seen_by_all = 0
    window = max(0.15, 3 * time_to_up(arguments.weir.resolve(), folder))
    for number in range(arguments.rounds):
        victim = ("controller", "guardian", "both")[number % 3]
        moment = chance.uniform(0, window)
        seen, left = one_round(arguments.weir.resolve(), folder, number, victim, moment)
        seen_by_all += max(seen, 0)
        print(f"{'not ok' if left else 'ok'} {number + 1}: {victim} after {moment:.3f} s beside {seen} processes")
        if left:
            print(f"    alive after {SECONDS_TO_DIE} s: {left}")
            failed += 1
    if seen_by_all == 0:
        print("not ok: no kill met any process")
        failed += 1
    entries = [entry for entry in (folder / "state" / "services").glob("*.service")] if not failed else []
    subprocess.run([str(arguments.weir), "serve-service", "list"], env={**os.environ, "WEIR_STATE_DIR": str(folder / "state")}, stdout=subprocess.DEVNULL, timeout=60)
    if list((folder / "state" / "services").glob("*.service")):
        print(f"not ok: entries of dead services stay: {len(entries)} before the last sweep")
        failed += 1
    print(f"{arguments.rounds - failed} of {arguments.rounds} rounds passed")
    if not failed:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
