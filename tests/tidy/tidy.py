#!/usr/bin/env python3
"""The tree's own rules, checked: `tidy.py [--only CHECK] ROOT` prints `path:line: check: message`.

Each check is a generator over a Tree and is listed in CHECKS; tests/tidy/samples holds for each at
least one small tree that it must complain about.
"""

import argparse
import pathlib
import re
import sys

TOP_LEVEL = {
    "apps", "lib", "share", "tests", "completions", "man", "build",
    "README.md", "LICENSE", "CMakeLists.txt", "CMakePresets.json",
}
SKIPPED = {".git", ".cache", "build", "__pycache__", "work"}
TEXT_ENDINGS = set(".hpp .cpp .txt .cmake .json .md .py .sh .nf .config .cmd .scd".split())

# Foreign headers and their one home (a folder, or a file without its ending), below the root.
HOMES = {
    "htslib/": ["lib/genomics/hts/"],
    "sqlite3.h": ["lib/db/", "tests/bench/jobs/bare_claims"],
    "boost/": ["lib/base/event_loop"],
    "CLI/": ["apps/weir/options"],
    "spdlog/": ["lib/base/log"],
    "openssl/": ["lib/base/hash"],
    "xxhash.h": ["lib/base/hash"],
    "dlfcn.h": ["lib/base/dynamic_library"],
    "curl/": ["lib/net/"],
    "archive.h": ["lib/cache/", "lib/genomics/archive_loader.cpp"],
    "archive_entry.h": ["lib/cache/", "lib/genomics/archive_loader.cpp"],
    "unicode/": ["lib/lang/"],
    "yaml-cpp/": ["lib/lang/yaml"],
    "libdeflate.h": ["lib/genomics/", "lib/engine/gunzip"],
    "isa-l/": ["lib/genomics/"],
    "zlib.h": ["lib/genomics/", "lib/engine/file_pieces"],
    "bigWig.h": ["lib/genomics/"],
    "doctest/": ["tests/"],
}
# What `dataflow` may not see of `lang`: it knows values and callables only.
SYNTAX_HEADERS = re.compile(r"lang/(ast|lexer|parser|resolver|checker|source|config)\w*\.hpp")

BASE_ONLY = {
    "starts processes": r"fork|vfork|posix_spawnp?|execvp?e?|execlp?e?|system|popen|clone3?",
    "signals": r"kill|killpg|tgkill|pidfd_send_signal|sigaction|sigprocmask|pthread_sigmask|raise",
    "renames or links": r"rename|renameat2?|link|linkat|symlink|symlinkat|unlink|unlinkat|remove",
    "reads a clock": r"clock_gettime|gettimeofday|time",
    "draws randomness": r"getrandom|getentropy|rand|srand|random|arc4random",
}
BASE_ONLY_STD = {
    "renames or links": r"\b(?:std::filesystem|fs)::"
    r"(?:rename|remove|remove_all|create_symlink|create_hard_link)\b",
    "reads a clock": r"\b(?:system|steady|high_resolution)_clock\b(?!::(?:time_point|duration))",
    "draws randomness": r"\bstd::random_device\b",
}
# Names no method of ours has, so that they are calls of the C library even without a qualifier.
UNMISTAKABLE = re.compile(
    r"(?<![\w.>:])"
    r"(vfork|posix_spawnp?|clock_gettime|gettimeofday|getrandom|renameat2?|unlinkat)\s*\("
)
# The program's own first and last moments: a closed pipe ends it quietly.
MAY_SIGNAL = {"apps/weir/main.cpp", "apps/weir/output.cpp"}
LIBRARY_NEVER = {
    "reads the environment": r"(?<![\w.>])(?:::|std::)?"
    r"(?:(?:secure_)?getenv|setenv|unsetenv|putenv)\s*\(|(?<![\w.>])environ\b",
    "ends the program": r"(?:(?<![\w>])::|\bstd::)"
    r"(?:exit|_exit|_Exit|quick_exit|abort|terminate)\s*\("
    r"|(?<![\w.>:])(?:_exit|_Exit|quick_exit)\s*\(",
    "prints": r"(?<![\w.>])(?:::|std::)?(?:printf|puts|putchar|vprintf)\s*\("
    r"|\bstd::(?:cout|cerr|clog)\b|\bSTDOUT_FILENO\b|\bfmt::print\s*\(",
}
SLEEPS = re.compile(
    r"\b(?:sleep_for|sleep_until)\s*\("
    r"|(?<![\w.>])(?:::)?(?:sleep|usleep|nanosleep|clock_nanosleep)\s*\("
)

# Lines of a file and of a function; a file that says `// Long: why` is let past.
LIMITS = {"header": 400, "source": 1000, "command": 400, "test": 1200}
FUNCTION_LIMIT = 100
COLUMNS = 100
MODULE_README_LINES = 80
INCLUDE = re.compile(r'^\s*#\s*include\s*(<([^>]+)>|"([^"]+)")')


NOT_A_FUNCTION = re.compile(
    r"(namespace|struct|class|enum|union|extern|const|constexpr|inline constexpr|static const"
    r"|TEST_SUITE)\b"
)


class File:
    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(errors="replace")
        self.lines = self.text.splitlines()
        self.ending = path.suffix

    @property
    def is_cpp(self):
        return self.ending in (".hpp", ".cpp")

    def includes(self):
        """(line, name, quoted) of each include."""
        for number, line in enumerate(self.lines, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(2) or match.group(3), match.group(3) is not None

    def code_lines(self):
        """(line, text) without comments and the content of literals."""
        if not hasattr(self, "_code"):
            self._code = without_comments(self.text).splitlines()
        return enumerate(self._code, 1)


TOKENS = re.compile(
    r'R"(?P<mark>[^()\\ ]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*|/\*.*?\*/",
    re.S,
)


def without_comments(text):
    return TOKENS.sub(lambda match: '""' + "\n" * match.group().count("\n"), text)


class Tree:
    def __init__(self, root, table):
        self.root = root
        self.files = [File(root, path) for path in sorted(walk(root, root))]
        self.rows = read_table(table.read_text())
        self.uses = {}  # module: {used module: line}
        self.lists = {}  # module: text of its CMakeLists.txt
        for file in self.files:
            match = re.fullmatch(r"lib/(\w+)/CMakeLists\.txt", file.path)
            if match:
                self.lists[match.group(1)] = file
                self.uses[match.group(1)] = read_uses(file)

    def cpp(self, *folders):
        return [f for f in self.files if f.is_cpp and f.path.startswith(tuple(folders))]


def walk(root, folder):
    for entry in folder.iterdir():
        relative = entry.relative_to(root).as_posix()
        if entry.name in SKIPPED or relative == "tests/tidy/samples" or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from walk(root, entry)
        elif entry.suffix in TEXT_ENDINGS:
            yield entry


def read_table(text):
    """{module: (row, {modules it may use})} from the table of lib/README.md."""
    rows = {}
    for line in text.splitlines():
        match = re.match(r"\|\s*(\d)\s*\|\s*\[?`(\w+)`[^|]*\|.*\|([^|]*)\|\s*$", line)
        if match:
            rows[match.group(2)] = (int(match.group(1)), set(re.findall(r"\w+", match.group(3))))
    return rows


def read_uses(file):
    used = {}
    inside = False
    for number, line in enumerate(file.lines, 1):
        for word in re.findall(r"[\w./${}:]+", line.split("#")[0]):
            if word in ("SOURCES", "HEADERS", "LINKS", "USES"):
                inside = word == "USES"
            elif inside:
                used[word] = number
        if ")" in line:
            inside = False
    return used


def module_of(path):
    match = re.match(r"(?:lib|tests/unit)/(\w+)/", path)
    return match.group(1) if match else None


def check_arrows(tree):
    """USES against the table, includes against USES."""
    for module, uses in tree.uses.items():
        listed = tree.lists[module].path
        if module not in tree.rows:
            yield listed, 1, f"module '{module}' has no row in lib/README.md"
            continue
        row, allowed = tree.rows[module]
        for used, line in uses.items():
            if used not in tree.rows or used not in allowed:
                yield listed, line, f"'{module}' may not use '{used}' (table in lib/README.md)"
            elif tree.rows[used][0] >= row:
                yield listed, line, f"'{used}' is not in a row below '{module}'"
    for file in tree.cpp("lib/"):
        module = module_of(file.path)
        if module not in tree.uses:
            continue
        for line, name, quoted in file.includes():
            other = name.split("/")[0]
            if not quoted:
                continue
            if other not in tree.rows or "/" not in name:
                yield file.path, line, f'"{name}" is not below lib/<module>/'
            elif other != module and other not in tree.uses.get(module, {}):
                yield file.path, line, f"'{module}' includes \"{name}\" but does not use '{other}'"
            elif module == "dataflow" and SYNTAX_HEADERS.match(name):
                yield file.path, line, f'dataflow knows values and callables only, not "{name}"'


def check_internal(tree):
    """lib/<m>/internal/ is closed to other modules."""
    for file in tree.cpp("lib/", "apps/", "tests/"):
        for line, name, _ in file.includes():
            match = re.match(r"(\w+)/internal/", name)
            if match and module_of(file.path) != match.group(1):
                yield file.path, line, f'"{name}" is internal to {match.group(1)}'


def check_foreign_headers(tree):
    """One home per foreign header; JSON only in sources."""
    for file in tree.cpp("lib/", "apps/", "tests/"):
        for line, name, quoted in file.includes():
            for prefix, homes in HOMES.items():
                at_home = quoted or file.path.startswith(tuple(homes))
                if name.startswith(prefix) and not at_home:
                    yield file.path, line, f"<{name}> belongs to {' or '.join(homes)} alone"
            if name == "nlohmann/json.hpp" and file.ending == ".hpp":
                yield file.path, line, "<nlohmann/json.hpp> is for sources alone"


def check_banned_headers(tree):
    """Costly or missing standard headers."""
    for file in tree.cpp("lib/", "apps/", "tests/"):
        for line, name, _ in file.includes():
            if name in ("regex", "format", "expected"):
                yield file.path, line, f"<{name}> is not used in weir (style H3, H6)"
            elif name in ("iostream", "print") and not file.path.startswith("tests/"):
                yield file.path, line, f"<{name}> is not for the library or the program (style H3)"


def check_base_only(tree):
    """Only base spawns, signals, renames, unlinks, reads a clock or draws randomness."""
    for file in tree.cpp("lib/", "apps/"):
        if file.path.startswith("lib/base/"):
            continue
        for line, text in file.code_lines():
            for deed, names in BASE_ONLY.items():
                if deed == "signals" and file.path in MAY_SIGNAL:
                    continue
                match = re.search(rf"(?:(?<![\w>])::|\bstd::)({names})\s*\(", text)
                if match or re.search(BASE_ONLY_STD.get(deed, r"(?!)"), text):
                    yield file.path, line, f"{deed}, which only base does"
            match = UNMISTAKABLE.search(text)
            if match:
                yield file.path, line, f"calls {match.group(1)}, which only base does"


def check_library_manners(tree):
    """The library never prints, exits, or reads the environment."""
    for file in tree.cpp("lib/"):
        for line, text in file.code_lines():
            for deed, pattern in LIBRARY_NEVER.items():
                # base starts children with the environment it has, and ends those that fail.
                if file.path.startswith("lib/base/") and "getenv" not in text:
                    continue
                if re.search(pattern, text):
                    yield file.path, line, f"{deed}, which the library never does"


def check_sleeps(tree):
    """No test sleeps for a time: conditions are waited for."""
    for file in tree.cpp("tests/"):
        for line, text in file.code_lines():
            if SLEEPS.search(text):
                yield file.path, line, "sleeps; wait for the condition instead"


def kind_of(file):
    if file.path.startswith("tests/"):
        return "test"
    if file.path.startswith("apps/weir/commands/"):
        return "command"
    return "header" if file.ending == ".hpp" else "source"


def check_sizes(tree):
    """Files and functions that no longer fit in a head."""
    for file in tree.cpp("lib/", "apps/", "tests/"):
        if any(re.match(r"\s*// Long: \w+", line) for line in file.lines):
            continue
        limit = LIMITS[kind_of(file)]
        if len(file.lines) > limit:
            count = len(file.lines)
            yield file.path, count, f"{count} lines; the limit of a {kind_of(file)} is {limit}"
        for line, length in functions(file):
            if length > FUNCTION_LIMIT:
                text = f"a function of {length} lines; the limit is {FUNCTION_LIMIT}"
                yield file.path, line, text


def functions(file):
    """(line, length) of each function at namespace scope, as clang-format lays them out."""
    start = None
    for number, text in file.code_lines():
        if NOT_A_FUNCTION.match(text):
            start = None
        elif re.match(r"[A-Za-z_~:\[]", text):
            start = start or number
        if text.startswith("}"):
            if start and text.rstrip() == "}":
                yield start, number - start + 1
            start = None
        elif text.rstrip().endswith(";") and start == number:
            start = None


def check_columns(tree):
    for file in tree.files:
        if file.ending in (".hpp", ".cpp"):
            for number, line in enumerate(file.lines, 1):
                if len(line) > COLUMNS:
                    yield file.path, number, f"{len(line)} columns; the limit is {COLUMNS}"


def check_top_level(tree):
    for entry in sorted(tree.root.iterdir()):
        if entry.name not in TOP_LEVEL and not entry.name.startswith("."):
            yield entry.name, 1, "is not part of the agreed top level"


def check_machine_paths(tree):
    """Nothing names a place of one machine."""
    pattern = re.compile(r"(?:^|[^A-Za-z0-9_/.$}])/(?:work|farm|home/\w+|root)/")
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            if pattern.search(line) and file.path != "tests/tidy/tidy.py":
                yield file.path, number, "names a path of one machine"


def check_listed(tree):
    """Every file of a module stands in its CMakeLists.txt (no globs)."""
    for file in tree.cpp("lib/"):
        match = re.match(r"lib/(\w+)/(.+)", file.path)
        if not match or match.group(1) not in tree.lists:
            continue
        module, name = match.groups()
        closed = name.startswith("internal/") and file.ending == ".hpp"
        listed = re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", tree.lists[module].text)
        if not closed and not listed:
            yield file.path, 1, f"is not listed in lib/{module}/CMakeLists.txt"


def check_headers(tree):
    for file in tree.cpp("lib/", "apps/", "tests/"):
        if file.ending != ".hpp":
            continue
        if "#pragma once" not in file.lines:
            yield file.path, 1, "has no `#pragma once`"
        for line, text in file.code_lines():
            if re.search(r"\busing namespace\b", text):
                yield file.path, line, "`using namespace` in a header"


def check_exit_statuses(tree):
    """The man page explains each status of the one enum, and no other."""
    texts = {file.path: file for file in tree.files}
    header = texts.get("lib/base/exit_status.hpp")
    page = texts.get("man/src/weir-exit-status.7.scd")
    if header is None or page is None:
        return
    explained = set(re.findall(r"^\|\s+(\d+)$", page.text, re.M))
    for number, line in enumerate(header.lines, 1):
        match = re.match(r"\s+(\w+) = (\d+),", line)
        if match and match.group(2) not in explained:
            yield header.path, number, f"'{match.group(1)}' is not in weir-exit-status(7)"
        elif match:
            explained.remove(match.group(2))
    for status in sorted(explained, key=int):
        yield page.path, 1, f"status {status} is not in lib/base/exit_status.hpp"


def check_todos(tree):
    for file in tree.cpp("lib/", "apps/", "tests/"):
        for number, line in enumerate(file.lines, 1):
            if re.search(r"\b(TODO(?!\(#\d+\))|FIXME|XXX)\b", line):
                yield file.path, number, "a TODO names its issue: TODO(#12)"


def check_module_readmes(tree):
    texts = {file.path: file for file in tree.files}
    for module in tree.lists:
        readme = texts.get(f"lib/{module}/README.md")
        if readme is None:
            yield tree.lists[module].path, 1, f"module '{module}' has no README.md"
        elif len(readme.lines) > MODULE_README_LINES:
            count = len(readme.lines)
            yield readme.path, count, f"{count} lines; the limit is {MODULE_README_LINES}"


CHECKS = {
    name[6:].replace("_", "-"): value
    for name, value in sorted(globals().items())
    if name.startswith("check_")
}


def complaints(root, table, only=None):
    tree = Tree(root, table)
    for name, check in CHECKS.items():
        if only in (None, name):
            for path, line, message in check(tree):
                yield f"{path}:{line}: {name}: {message}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=CHECKS)
    parser.add_argument("root", type=pathlib.Path)
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    found = list(complaints(root, root / "lib/README.md", arguments.only))
    print("\n".join(found + [f"{len(found)} complaints"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
