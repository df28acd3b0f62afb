#!/usr/bin/env python3
"""Times `weir preprocess` beside the programs that do the same, and prints ratios.

Called by preprocess_bench.sh; README.md says what the columns mean.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

RECIPE = ("(zcat -f {i} | grep '^#' || true; zcat -f {i} | grep -v '^#' | "
          "LC_ALL=C sort {key} -S 256M -T {d}) | bgzip{level} > {o}; tabix -f -p {preset} {o}")
SORTS = {
    "vcf": ("-k1,1 -k2,2n", "vcf"), "bed": ("-k1,1 -k2,2n", "bed"),
    "gff3": ("-t '\t' -k1,1 -k4,4n", "gff"), "gtf": ("-t '\t' -k1,1 -k4,4n", "gff"),
}
# Of a peer's CPU seconds at the same size.
CPU_MOST = {"samtools": 0.65, "recipe": 0.45, "newer bcftools": 0.6, "sort-bed": 0.4}
COUNTS = {"reads": 860000, "vcf": 1630000, "bed": 5000000, "gff3": 1000000, "gtf": 1000000}


class Row:
    """A command, and what it must reach against others: {peer: (must, stretch)}."""

    def __init__(self, name, command, output=None, program=None, against=None, cpu=False, floor=None,
                 size_max=None, peak_max=None):
        self.name, self.command, self.output = name, command, output
        self.program = program or command.split()[0]
        self.against, self.floor, self.size_max = against or {}, floor, size_max
        self.cpu = cpu  # compared with CPU_MOST
        self.peak_max = peak_max  # MiB
        self.reports = False  # its wall and CPU seconds on standard output
        self.wall, self.cpu_s, self.peak, self.size, self.failed = [], [], 0, 0, None


class Bench:
    def __init__(self, options):
        self.o = options
        self.missed = 0

    def path(self, name):
        return os.path.join(self.o.folder, name)

    def weir(self, source, *words, name=None):
        """The whole command with an empty cache; its output stands under `out`."""
        out = self.path("weir")
        data = os.path.join(out, name or os.path.basename(source))
        clear = "rm -rf {0}/cache {0}/state {0}/out".format(out)
        command = "{} preprocess {} --cache-dir {d}/cache --state-dir {d}/state --output-dir {d}/out" \
                  " --quiet {}".format(self.o.weir, source, " ".join(words), d=out)
        return command, os.path.join(out, "out", os.path.basename(data)), clear

    def weir_row(self, label, source, *words, **keywords):
        name = keywords.pop("name", None)
        command, output, clear = self.weir(source, *words, name=name)
        row = Row(label, command, output, program=self.o.weir, **keywords)
        row.clear = clear
        return row

    def floor(self, source, done, level):
        row = Row("floor " + level, "{} {} {} {} 2".format(self.o.floor, source, done, level))
        row.reports = True
        return row

    def newer(self, program, command):
        """The same command by a later release than the system's, where SAMTOOLS_NEW or BCFTOOLS_NEW
        names one."""
        path = os.environ.get(program.upper() + "_NEW")
        return [Row("newer " + program, command.replace(program, path, 1))] if path else []

    def make_input(self, kind):
        count = max(1000, int(COUNTS[kind] * self.o.size))
        count -= count % 2
        suffix = "bam" if kind == "reads" else kind + ".gz"
        path = self.path("{}-{}.{}".format(kind, count, suffix))
        if not os.path.exists(path):
            pack = "samtools view -b -o {} -" if kind == "reads" else "bgzip -c > {}"
            subprocess.run("{} {} {} | {}".format(self.o.inputs, kind, count,
                                                 pack.format(path + ".new")),
                           shell=True, check=True, stderr=subprocess.DEVNULL)
            os.rename(path + ".new", path)
        return path

    def time_once(self, row, warm):
        """Twice, of which the second counts. A virtual machine may give memory that was freed back
        to its host within seconds, and a page that must be fetched again costs several times what
        it costs otherwise: what a command takes would depend on who ran before it."""
        self.run_once(row, warm)
        if not row.failed:
            self.run_once(row, warm, self.count)

    def run_once(self, row, warm, then=None):
        subprocess.run(getattr(row, "clear", "true"), shell=True, check=True)
        for path in warm:
            with open(path, "rb") as file:
                while file.read(1 << 20):
                    pass
        began = time.monotonic()
        child = subprocess.Popen(["bash", "-c", row.command],
                                 stdout=subprocess.PIPE if row.reports else subprocess.DEVNULL,
                                 stderr=subprocess.PIPE)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        cpu = usage.ru_utime + usage.ru_stime
        if row.reports and status == 0:
            with child.stdout:
                wall, cpu = map(float, child.stdout.read().split())
        with child.stderr:
            errors = child.stderr.read().decode(errors="replace")
        if status != 0:
            if row.program in (self.o.weir, self.o.floor):
                sys.exit("failed: {}\n{}".format(row.command, errors))
            row.failed = errors.strip().split("\n")[-1] or "no message"
        elif then:
            then(row, wall, cpu, usage.ru_maxrss)

    @staticmethod
    def count(row, wall, cpu, peak_kib):
        row.wall.append(wall)
        row.cpu_s.append(cpu)
        row.peak = max(row.peak, peak_kib / 1024)
        if row.output:
            row.size = os.path.getsize(row.output)
            if row.size < 1000:
                row.failed = "it made next to nothing"

    def run(self, title, rows, warm):
        """All rows in turn, round by round; then the table."""
        present, skipped = [], []
        for row in rows:
            (present if shutil.which(row.program) else skipped).append(row)
        for _ in range(self.o.rounds):
            for row in present:
                if not row.failed:
                    self.time_once(row, warm)
        failed = [row for row in present if row.failed]
        present = [row for row in present if not row.failed]
        print("\n{}".format(title))
        print("  {:<22}{:>8}{:>8}{:>8}{:>9}".format("", "wall s", "cpu s", "peak MiB", "MB"))
        for row in present:
            print("  {:<22}{:>8.3f}{:>8.2f}{:>8.0f}{:>9}".format(
                row.name, statistics.median(row.wall), statistics.median(row.cpu_s), row.peak,
                "{:.2f}".format(row.size / 1e6) if row.size else ""))
        for row in failed:
            print("  {:<22}failed: {}".format(row.name, row.failed))
        for row in skipped:
            print("  {:<22}skipped: {} is not installed".format(row.name, row.program))
        self.print_ratios(present)

    def print_ratios(self, present):
        by_name = {row.name: row for row in present}
        head = False
        for row in present:
            for peer_name, (must, stretch) in row.against.items():
                peer = by_name.get(peer_name)
                if not peer:
                    continue
                if not head:
                    print("  {:<38}{:>7}{:>7}{:>8}{:>7}{:>7}{:>7}{:>7}".format(
                        "ratio", "speed", "must", "stretch", "limit", "cpu", "most", "size"))
                    head = True
                self.print_ratio(row, peer, must, stretch, by_name.get(row.floor))

    def print_ratio(self, row, peer, must, stretch, floor):
        def ratio(a, b):
            return statistics.median(x / y for x, y in zip(a, b))
        speed = ratio(peer.wall, row.wall)
        limit = ratio(peer.wall, floor.wall) if floor else None
        cpu = ratio(row.cpu_s, peer.cpu_s)
        size = row.size / peer.size if row.size and peer.size else None
        words = []
        # A target that the codec alone does not leave room for here says nothing about weir.
        reachable = limit is None or must <= 0.9 * limit
        if speed < must:
            words.append("MISSED" if reachable else "beyond the limit here")
            self.missed += reachable
        if row.size_max and size and size > row.size_max:
            words.append("MISSED size")
            self.missed += 1
        if row.peak_max and row.peak > row.peak_max:
            words.append("MISSED memory")
            self.missed += 1
        most = CPU_MOST.get(peer.name) if row.cpu else None
        if most and cpu > most:
            floor_cpu = ratio(floor.cpu_s, peer.cpu_s) if floor else 0
            words.append("MISSED cpu" if floor_cpu < 0.9 * most else "cpu beyond the limit here")
            self.missed += floor_cpu < 0.9 * most
        print("  {:<38}{:>6.2f}x{:>6.2f}x{:>7.2f}x{:>7}{:>7.2f}{:>7}{:>7}  {}".format(
            "{} / {}".format(row.name, peer.name), speed, must, stretch,
            "{:.2f}x".format(limit) if limit else "", cpu, most or "",
            "{:.3f}".format(size) if size else "", ", ".join(words)).rstrip())

    # The jobs ---------------------------------------------------------------------------------

    def sorted_copy(self, source, name, *words):
        """The artifact of weir, for floors: what is deflated must be the sorted bytes."""
        command, output, clear = self.weir(source, *words, name=name)
        subprocess.run(clear + "; " + command, shell=True, check=True, stdout=subprocess.DEVNULL)
        copy = self.path("sorted-" + name)
        shutil.copyfile(output, copy)
        return copy

    def bam(self):
        source = self.make_input("reads")
        name = os.path.basename(source)
        threads = "--threads 2"
        done = self.sorted_copy(source, name, threads, "--level 1")
        warm = [source, done]
        samtools = "samtools sort -l {} -@2 -m 768M --write-index -o {} " + source
        o = self.path("peer.bam")
        sambamba = "sambamba sort -q -l 1 -t 2 -m 2G --tmpdir {0} -o {1} {2} && sambamba index -q -t 2 {1}"
        bamsort = "bamsort level=1 index=1 indexfilename={1}.bai tmpfile={0}/bb I={2} O={1} " \
                  "outputthreads=2 inputthreads=1 sortthreads=2 verbose=0"
        self.run("BAM, level 1", [
            Row("samtools", samtools.format(1, o), o),
            Row("sambamba", sambamba.format(self.o.folder, self.path("sambamba.bam"), source)),
            Row("biobambam2", bamsort.format(self.o.folder, self.path("bamsort.bam"), source)),
            *self.newer("samtools", samtools.format(1, self.path("newer.bam"))),
            self.weir_row("weir", source, threads, "--level 1", floor="floor 1", cpu=True, size_max=1.01,
                          against={"samtools": (2.0, 2.8), "newer samtools": (1.6, 2.2),
                                   "sambamba": (2.5, 3.5), "biobambam2": (3.0, 4.0)}),
            self.weir_row("weir --fast", source, threads, "--fast", floor="floor fast",
                          size_max=1.06, against={"samtools": (3.5, 4.3)}),
            self.floor(source, done, "1"), self.floor(source, done, "fast")], warm)
        self.run("BAM, level 7 (htslib's 6) and 6", [
            Row("samtools", samtools.format(6, o), o),
            self.weir_row("weir 7", source, threads, "--level 7", floor="floor 7", cpu=True,
                          size_max=1.01, against={"samtools": (1.6, 1.8)}),
            self.weir_row("weir 6", source, threads, "--level 6", floor="floor 6", size_max=1.01,
                          against={"samtools": (1.8, 2.3)}),
            self.floor(source, done, "7"), self.floor(source, done, "6")], warm)
        self.modes("BAM", source, done, ["--level 1"],
                   Row("samtools -m 16M", samtools.replace("768M", "16M").format(1, o), o), 1.4)

    def modes(self, title, source, done, words, peer, spill_must):
        """Spilling, one thread, an input in order, and a cache that has the answer."""
        rows = [peer,
                self.weir_row("weir", source, "--threads 2", *words),
                self.weir_row("weir --memory 48M", source, "--threads 2", "--memory 48M", *words,
                              peak_max=48 * 1.05,
                              against={"weir": (1 / 1.4, 1.0), peer.name: (spill_must, 2 * spill_must)}),
                self.weir_row("weir --threads 1", source, "--threads 1", *words,
                              against={"weir": (0.45, 0.5)}),
                Row("hash, inflate, copy",
                    "openssl sha256 {0}; {1} {0}; cp {0} {2}; sync {2}".format(
                        done, self.o.floor, self.path("copy")), program="openssl"),
                self.weir_row("weir, in order", done, "--threads 2", *words,
                              against={"hash, inflate, copy": (0.6, 0.9)})]
        hit, _, _ = self.weir(source, "--threads 2", *words)
        warm_up = self.weir_row("weir, cached", source, "--threads 2", *words)
        warm_up.clear = "{} >/dev/null".format(hit)
        rows.insert(2, warm_up)
        self.run(title + ": less memory, one thread, in order, cached", rows, [source, done])

    def text(self, kind, peers, against, words=(), level=7, newer=None):
        """`level` is the lowest whose file is at most 1 % larger than the peers' (GFF: 3 %)."""
        source = self.make_input(kind)
        key, preset = SORTS[kind]
        name = os.path.basename(source)
        done = self.sorted_copy(source, name, "--threads 2", "--level {}".format(level), *words)
        o = self.path("peer." + kind + ".gz")
        recipe = RECIPE.format(i=source, key=key, d=self.o.folder, level="{level}", o=o, preset=preset)
        rows = [Row("recipe", recipe.replace("{level}", ""), o, program="tabix")]
        rows += [Row(n, c.format(i=source, d=self.o.folder, o=self.path("other." + kind + ".gz")),
                     self.path("other." + kind + ".gz"), program=p) for n, p, c in peers]
        if newer:
            rows += self.newer(newer[0], newer[1].format(
                i=source, d=self.o.folder, o=self.path("newer." + kind + ".gz")))
        codec = "lines" if preset == "gff" else ""
        floors = ["{}{}".format(codec, level), "fast"]
        rows.append(self.weir_row("weir {}".format(level), source, "--threads 2",
                                  "--level {}".format(level), *words, floor="floor " + floors[0],
                                  cpu=True, size_max=1.03 if codec else 1.01, against=against))
        if level != 6:
            floors.append(codec + "6")
            rows.append(self.weir_row("weir 6 (default)", source, "--threads 2", *words,
                                      floor="floor " + floors[-1],
                                      against={"recipe": against["recipe"]}))
        rows.append(self.weir_row("weir --fast", source, "--threads 2", "--fast", *words,
                                  floor="floor fast", against={"recipe": (10, 14)}))
        rows += [self.floor(source, done, floor) for floor in floors]
        self.run(kind.upper() + ", default level of the peers", rows, [source, done])
        return source, done, recipe, o

    def vcf(self):
        bcftools = "bcftools sort -m 2G -T {d}/bt -Oz -o {o} {i} && bcftools index -f -t {o}"
        newer = "bcftools sort -m 2G -T {d}/bn -Oz -W=tbi -o {o} {i}"
        source, done, recipe, o = self.text(
            "vcf", [("bcftools", "bcftools", bcftools)],
            {"recipe": (3.5, 4.4), "bcftools": (3.5, 4.4), "newer bcftools": (3.0, 3.6)},
            newer=("bcftools", newer))
        self.run("VCF, level 1", [
            Row("recipe -l 1", recipe.replace("{level}", " -l 1"), o, program="tabix"),
            self.weir_row("weir 1", source, "--threads 2", "--level 1", floor="floor 1",
                          against={"recipe -l 1": (5, 8)}),
            self.floor(source, done, "1")], [source, done])
        self.modes("VCF", source, done, ["--level 7"],
                   Row("recipe", recipe.replace("{level}", ""), o, program="tabix"), 2.5)

    def bed(self):
        self.text("bed", [
            ("sort-bed", "sort-bed",
             "zcat -f {i} | sort-bed --max-mem 2G - | bgzip > {o}; tabix -f -p bed {o}"),
            ("bedtools", "bedtools", "bedtools sort -i {i} | bgzip > {o}; tabix -f -p bed {o}")],
            {"recipe": (4.5, 6), "sort-bed": (3.7, 5), "bedtools": (6.5, 9)}, level=5)

    def gff3(self):
        self.text("gff3", [
            ("bedtools", "bedtools",
             "bedtools sort -header -i {i} | bgzip > {o}; tabix -f -p gff {o}"),
            ("gt", "gt", "gt gff3 -sortlines -tidy -retainids {i} 2>/dev/null | bgzip > {o}; "
                         "tabix -f -p gff {o}")],
            {"recipe": (5.5, 8), "bedtools": (5, 7.5), "gt": (11, 17)}, level=6)

    def gtf(self):
        usage = subprocess.run([self.o.weir, "preprocess", "--help"], capture_output=True, text=True)
        keep = ["--keep-gtf"] if "--keep-gtf" in usage.stdout else []
        self.text("gtf", [], {"recipe": (5.5, 8)}, keep, level=6)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--inputs", required=True, help="bench_inputs")
    parser.add_argument("--floor", required=True, help="bench_bgzf_floor")
    parser.add_argument("--folder", required=True)
    parser.add_argument("--size", type=float, default=0.25, help="1: as in the specification")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("jobs", nargs="*", default=[])
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    print("inputs of {:g} times the specification's size, medians of {} rounds, 2 threads".format(
        options.size, options.rounds))
    bench = Bench(options)
    for job in options.jobs or ["bam", "vcf", "bed", "gff3", "gtf"]:
        getattr(bench, job)()
        sys.stdout.flush()
    print("\n{} below a target that can be reached here".format(bench.missed or "none"))


if __name__ == "__main__":
    main()
