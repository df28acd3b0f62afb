"""Measures `weir lint` and the operators from outside: time and peak memory of real processes.

What is compared takes turns within one run. Start-up is wall time, the least of many; all else is processor time, which
other work on the machine disturbs less. A missed target prints MISSED.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

WEIR = os.path.abspath(sys.argv[1])
HERE = pathlib.Path(__file__).parent
START_UP_ROUNDS = 150
CHECK_ROUNDS = 15
FLOW_SIZES = (250_000, 1_000_000)
TEN_LINES = """process HELLO {
    input:
    val name
    script:
    "echo Hello $name"
}
workflow {
    names = channel.of('a', 'b')
    HELLO(names)
}
"""


def run(command, **options):
    """(processor seconds, peak bytes, status) of a command with its output thrown away."""
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, child.returncode


def spawned(path, arguments):
    """Seconds of a program that is started as cheaply as can be, so that its own start-up counts."""
    begin = time.perf_counter()
    pid = os.posix_spawn(path, arguments, os.environ)
    os.waitpid(pid, 0)
    return time.perf_counter() - begin


def verdict(name, value, limit, unit, better="at most"):
    good = value <= limit if better == "at most" else value >= limit
    print(f"{name}: {value:,.2f} {unit} ({better} {limit:,} {unit}){'' if good else '  MISSED'}")


def start_up(folder):
    script = folder / "ten.nf"
    script.write_text(TEN_LINES)
    true = [], []
    for _ in range(START_UP_ROUNDS):
        true[0].append(spawned("/bin/true", ["/bin/true"]))
        true[1].append(spawned(WEIR, [WEIR, "lint", str(script)]))
    floor, ours = (min(times) for times in true)
    print(f"start-up: /bin/true {floor * 1000:.2f} ms, weir lint of 10 lines {ours * 1000:.2f} ms")
    verdict("weir lint over /bin/true", ours / floor, 3, "times")


def largest_workflow():
    pipeline = os.environ.get("WEIR_BENCH_PIPELINE")
    if not pipeline:
        return print("largest workflow: left out, WEIR_BENCH_PIPELINE is not set")
    main = pathlib.Path(pipeline) / "main.nf"
    times = [run([WEIR, "lint", str(main)]) for _ in range(CHECK_ROUNDS)]
    if any(status != 0 for _, _, status in times):
        print(f"{main} has errors  MISSED")
    verdict(f"check of {main} with its includes", statistics.median(t for t, _, _ in times) * 1000, 20, "ms")


def corpus():
    folder = os.environ.get("WEIR_BENCH_CORPUS")
    if not folder:
        return print("corpus: left out, WEIR_BENCH_CORPUS is not set")
    names = [path for path in pathlib.Path(folder).rglob("*") if path.suffix in (".nf", ".config")]
    files = [path for path in names if path.is_file() and not any(p.startswith(".") for p in path.parts)]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    one_core = {os.sched_getaffinity(0).pop()}
    best = min(
        run([WEIR, "lint", folder], preexec_fn=lambda: os.sched_setaffinity(0, one_core))[:2] for _ in range(3)
    )
    print(f"corpus: {len(files):,} scripts and configurations, {lines:,} lines, {best[0]:.2f} s, {best[1] / 2**20:.0f} MB")
    verdict("lines a minute on one core", lines / best[0] * 60 / 1e6, 1, "million", "at least")


def flow(folder):
    seconds, peaks = [], []
    floor = run([WEIR, "run", HERE / "flow.nf", "--count", "1"], cwd=folder)
    for size in FLOW_SIZES:
        took, peak, status = min(
            run([WEIR, "run", HERE / "flow.nf", "--count", str(size)], cwd=folder) for _ in range(2)
        )
        if status != 0:
            return print(f"flow of {size:,} items failed with {status}  MISSED")
        seconds.append(took - floor[0])
        peaks.append(peak - floor[1])
        print(
            f"map | filter | groupTuple | join: {size:,} items in {took:.2f} s, "
            f"{size / seconds[-1]:,.0f} items/s, {peaks[-1] / size:.0f} bytes an item"
        )
    growth = FLOW_SIZES[1] / FLOW_SIZES[0]
    # A quadratic step would show as 4; caches and allocators are worth some tenths.
    verdict("time grown over items grown", seconds[1] / seconds[0] / growth, 1.6, "times")
    verdict("memory grown over items grown", peaks[1] / peaks[0] / growth, 1.3, "times")


def numbered(count, text):
    return "".join(text.replace("#", str(i)) for i in range(count))


# Inputs that a careless front end takes the square of their length for: nested, unmatched, repeated, unknown.
WORST_INPUTS = {
    "unmatched brackets": lambda n: "[" * n + ")" * n,
    "unmatched brackets in a string": lambda n: 'x = "${' + "(" * n + "]" * n,
    "dollar-slashy strings": lambda n: "$/ " * n,
    "undefined names": lambda n: "workflow {\n" + numbered(n, "println y#\n") + "}",
    "undefined functions": lambda n: numbered(n, "def f#() { g#() }\n"),
    "trailing closures": lambda n: "workflow { f()" + " { }" * n + " }",
    "a list": lambda n: "x = [" + "1," * n + "1]",
    "a map": lambda n: "x = [" + numbered(n, "k#: #,") + "z: 1]",
    "interpolation": lambda n: 'def a = 1\nx = "' + "${a} $a " * n + '"',
    "a dotted name": lambda n: 'x = "$a' + ".b" * n + '"',
    "type arguments": lambda n: "List<a " * n,
    "comments": lambda n: "/* */ // a\n" * n,
    "broken statements": lambda n: "x = = 1\n" * n,
    "broken processes": lambda n: "process P { input: \n" * n,
    "quotes": lambda n: "\"'\n" * n,
    "slashes": lambda n: "/ a\n" * n,
    "processes": lambda n: numbered(n, "process P# { script: 'a' }\n"),
    "workflows in a chain": lambda n: numbered(n, "workflow W# { }\n") + "workflow { W0() }",
    "published outputs": lambda n: "workflow {\nmain:\nx=1\npublish:\n" + numbered(n, "a# = x\n") + "}\noutput {\n"
    + numbered(n, "a# { path 'x' }\n") + "}",
    "captured variables": lambda n: "workflow {\n" + numbered(n, "def v# = 1\n") + "def f = { -> { -> ["
    + numbered(n, "v#,") + "1] } }\n}",
}
WORST_LENGTHS = (25_000, 100_000)


def worst_inputs(folder):
    """Growth of the processor time of `weir lint` over that of the input's length, the worst of all."""
    floor = min(run([WEIR, "lint", str(folder / "ten.nf")])[0] for _ in range(5))
    growth = []
    for name, make in WORST_INPUTS.items():
        seconds = []
        for length in WORST_LENGTHS:
            script = folder / "worst.nf"
            script.write_text(make(length))
            seconds.append(max(min(run([WEIR, "lint", str(script)])[0] for _ in range(2)) - floor, 0.005))
        growth.append((seconds[1] / seconds[0] / (WORST_LENGTHS[1] / WORST_LENGTHS[0]), name, seconds[1]))
    worst = max(growth)
    print(f"{len(growth)} odd inputs of {WORST_LENGTHS[1]:,} parts: {sum(g[2] for g in growth):.1f} s in all")
    # A quadratic step would show as 4; tables that outgrow a cache are worth some tenths.
    verdict(f"time grown over length grown, worst ({worst[1]})", worst[0], 2, "times")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["WEIR_STATE_DIR"] = str(folder / "state")
        os.environ["HOME"] = name
        start_up(folder)
        largest_workflow()
        corpus()
        worst_inputs(folder)
        flow(folder)


main()
