#!/usr/bin/env python3
"""Follows the recipes of lib/lang/README.md (a method) and lib/dataflow/README.md (an operator) to the letter.

`recipes_test.py BUILD_DIR`: makes each change in copies of the files that the recipe names, compiles these as the build
does, links them in front of the libraries, and runs the data-driven tests with the new lines. Nothing is written into the
tree. A recipe that has become wrong, or a README that no longer names a step, fails.
"""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()

METHOD = {
    "readme": "lib/lang/README.md",
    "steps": ["one row in the table", "`methods/`", "tests/lang/expressions"],
    "target": "unit_lang",
    "test": "tests/unit/lang/expressions_test.cpp",
    "define": "WEIR_EXPRESSIONS",
    "data": "tests/lang/expressions",
    "edits": {
        "lib/lang/methods/list.cpp": [
            (
                "constexpr std::array k_methods = {",
                """constexpr std::array k_methods = {
    Method{"middle", 0, 0,
           [](const MethodCall& call) {
             const auto& items = call.self.get<ListObject>().items;
             return items.empty() ? Value() : items[items.size() / 2];
           },
           "the element in the middle, or null"},""",
            )
        ]
    },
    "new": {"recipe.tsv": "[1, 2, 3].middle()\t2\tlib/lang/README.md\n[].middle()\tnull\tlib/lang/README.md\n"},
}
OPERATOR = {
    "readme": "lib/dataflow/README.md",
    "steps": ["family file under `operators/`", "UnaryNode", "on_item", "on_end", "k_rows", "make_node", "vocabulary.cpp",
              "tests/lang/flow"],
    "target": "unit_dataflow",
    "test": "tests/unit/dataflow/scripts_test.cpp",
    "define": "WEIR_FLOW_SCRIPTS",
    "data": "tests/lang/flow",
    "edits": {
        "lib/dataflow/operators/select.cpp": [
            (
                "constexpr std::array k_rows{",
                """class EverySecondNode final : public UnaryNode {
 public:
  EverySecondNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue) {}
  void on_item(Port, Value item) override {
    if (++seen_ % 2 == 0) emit(std::move(item));
  }
  void on_end(Port) override {
    emit(Value::string("end"));
    finish();
  }

 private:
  int seen_ = 0;
};

constexpr std::array k_rows{
    OperatorRow{"everySecond", 0, 0, "", make_node<EverySecondNode>, "every second item"},""",
            )
        ],
        "lib/lang/vocabulary.cpp": [
            ('    FunctionRow{"filter", 1, 1},', '    FunctionRow{"everySecond", 0, 0},\n    FunctionRow{"filter", 1, 1},')
        ],
    },
    "new": {
        "recipe.nf": "workflow { channel.of(1, 2, 3, 4).everySecond().view() }\n",
        "recipe.out": "2\n4\nend\n",
    },
}


def commands_of(target):
    text = subprocess.run(
        ["ninja", "-C", str(BUILD), "-t", "commands", target], check=True, capture_output=True, text=True
    ).stdout
    return text.splitlines()


def compiled(commands, name, copy, made, define=None, data=None):
    """Compiles `copy` as the build compiles `name`."""
    command = next(line for line in commands if line.endswith(f"-c {ROOT / name}"))
    words = shlex.split(command)
    for option in ("-MT", "-MF"):
        at = words.index(option)
        del words[at : at + 2]
    words.remove("-MD")
    words[words.index("-o") + 1] = str(made)
    words[-1] = str(copy)
    if define:
        words = [f'-D{define}="{data}"' if word.startswith(f"-D{define}=") else word for word in words]
    words.insert(-2, f"-I{(ROOT / name).parent}")
    subprocess.run(words, check=True, cwd=BUILD)


def follow(recipe, folder):
    readme = (ROOT / recipe["readme"]).read_text()
    for step in recipe["steps"]:
        if step not in readme:
            sys.exit(f"{recipe['readme']} no longer names the step '{step}'")
    data = folder / "data"
    shutil.copytree(ROOT / recipe["data"], data)
    for name, text in recipe["new"].items():
        (data / name).write_text(text)
    commands = commands_of(recipe["target"])
    objects = []
    for name, edits in recipe["edits"].items():
        text = (ROOT / name).read_text()
        for before, after in edits:
            if text.count(before) != 1:
                sys.exit(f"{name}: '{before}' is not there once: the recipe's place has moved")
            text = text.replace(before, after)
        copy = folder / pathlib.Path(name).name
        copy.write_text(text)
        objects.append(folder / (copy.name + ".o"))
        compiled(commands, name, copy, objects[-1])
    test = folder / "test.o"
    compiled(commands, recipe["test"], ROOT / recipe["test"], test, recipe["define"], data)
    link = next(line for line in reversed(commands) if f"-o tests/unit/" in line and recipe["target"] in line)
    link = re.sub(r"\S*" + re.escape(pathlib.Path(recipe["test"]).name) + r"\.o", " ".join(map(str, [test, *objects])), link)
    program = folder / recipe["target"]
    link = re.sub(r"-o \S+", f"-o {program}", link)
    subprocess.run(["sh", "-c", link], check=True, cwd=BUILD)
    subprocess.run([str(program)], check=True, cwd=BUILD)


for number, each in enumerate((METHOD, OPERATOR)):
    with tempfile.TemporaryDirectory() as name:
        follow(each, pathlib.Path(name))
