#!/usr/bin/env python3
"""Runs the golden command tests of one group; tests/cli/README.md explains the files."""

import argparse
import difflib
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile

TIME_LIMIT_SECONDS = 60
LEFT_OVER_SECONDS = 5

# What differs from run to run, in any command's output.
NORMALISATIONS = [
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b([rpsg])[0-9a-f]{11}\b"), r"\1ID"),
    (re.compile(r"\b[0-9a-f]{2}/[0-9a-f]{6,62}\b"), "HA/SH"),
    (re.compile(r"\bpid:? \d+"), "pid PID"),
    (re.compile(r'"pid": ?\d+'), '"pid":PID'),
]


class Case:
    def __init__(self, command_file):
        self.name = command_file.stem
        self.folder = command_file.parent
        first, _, self.script = command_file.read_text().partition("\n")
        if not re.fullmatch(r"\d+", first.strip()):
            sys.exit(f"{command_file}: the first line must be the expected exit status")
        self.status = int(first)

    def path(self, ending):
        return self.folder / f"{self.name}.{ending}"

    def expected(self, ending):
        path = self.path(ending)
        return path.read_text() if path.exists() else ""

    def accept(self, ending, text):
        if text:
            self.path(ending).write_text(text)
        else:
            self.path(ending).unlink(missing_ok=True)


def processes_with(token):
    """Ids of the processes, this one apart, whose environment holds `token`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if token.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass  # it has ended, or is somebody else's
    return found


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has ended meanwhile


def wait_for_ends(pids, seconds):
    """The ids of those that are still alive after `seconds`."""
    alive = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([descriptor], [], [], seconds)[0]:
            alive.append(pid)
        os.close(descriptor)
    return alive


def environment_of(folder, weir, here, token):
    return {
        "PATH": f"{folder / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "WEIR": str(weir),
        "HERE": str(here),
        "HOME": str(folder / "home"),
        "USER": "tester",
        "TMPDIR": str(folder / "tmp"),
        "WEIR_STATE_DIR": str(folder / "state"),
        "WEIR_CACHE_DIR": str(folder / "cache"),
        "WEIR_TEST_TOKEN": token,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")},
    }


def normalised(text, case, folder, here):
    for path, name in ((folder, "DIR"), (here, "HERE")):
        text = text.replace(str(path), name)
    for pattern, replacement in NORMALISATIONS:
        text = pattern.sub(replacement, text)
    if case.path("sed").exists():
        command = ["sed", "-E", "-f", str(case.path("sed"))]
        done = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE, check=True)
        text = done.stdout
    return text


def difference(expected, actual, name):
    lines = difflib.unified_diff(
        expected.splitlines(),
        actual.splitlines(),
        f"expected {name}",
        f"actual {name}",
        lineterm="",
        n=2,
    )
    return "\n".join(f"      {line}" for line in lines)


def run(case, weir, accept):
    """Complaints about one case; none when it passes."""
    folder = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix=f"weir-cli-{case.name}-")))
    work = folder / "work"
    for name in ("work", "home", "tmp", "bin"):
        (folder / name).mkdir()
    (folder / "bin/weir").symlink_to(weir)
    token = f"WEIR_TEST_TOKEN={folder.name}"
    child = subprocess.Popen(
        ["sh", "-c", case.script],
        cwd=work,
        env=environment_of(folder, weir, case.folder, folder.name),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    complaints = []
    try:
        out, err = child.communicate(timeout=TIME_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        complaints.append(f"still running after {TIME_LIMIT_SECONDS} s")
        for pid in processes_with(token):
            kill(pid)
        out, err = child.communicate()
    if child.returncode != case.status:
        complaints.append(f"exit status {child.returncode}, expected {case.status}")
    for ending, raw in (("out", out), ("err", err)):
        text = normalised(raw.decode(errors="backslashreplace"), case, folder, case.folder)
        if text == case.expected(ending):
            continue
        # A wrong status is no answer to accept.
        if accept and child.returncode == case.status:
            case.accept(ending, text)
            print(f"  rewrote {case.path(ending)}")
        else:
            complaints.append(f"{ending}:\n{difference(case.expected(ending), text, ending)}")
    left = wait_for_ends(processes_with(token), LEFT_OVER_SECONDS)
    for pid in left:
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        complaints.append(f"left process {pid} running: {command}")
        kill(pid)
    if complaints:
        complaints.append(f"everything it made is in {folder}")
    else:
        shutil.rmtree(folder)
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("group", type=pathlib.Path)
    parser.add_argument("names", nargs="*", help="cases to run; all of the group without any")
    arguments = parser.parse_args()
    weir = arguments.weir.resolve()
    if not os.access(weir, os.X_OK):
        sys.exit(f"{weir}: no such program")
    group = arguments.group.resolve()
    accept = os.environ.get("WEIR_TEST_ACCEPT") == "1"
    cases = [Case(path) for path in sorted(group.glob("*.cmd"))]
    if arguments.names:
        cases = [case for case in cases if case.name in arguments.names]
    if not cases:
        sys.exit(f"{group}: no such case")
    failed = 0
    for case in cases:
        complaints = run(case, weir, accept)
        print(f"{'not ok' if complaints else 'ok'} {group.name}/{case.name}")
        for complaint in complaints:
            print(f"    {complaint}")
        failed += bool(complaints)
    print(f"{len(cases) - failed} of {len(cases)} cases passed")
    if failed:
        print("if the new text is right, WEIR_TEST_ACCEPT=1 rewrites the files; read the diff")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
