// Typed processes (nextflow.enable.types): docs "Process (typed)", section by section.
#include "session_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace weir::engine::test {
namespace {

using Kind = RunOutcome::Kind;

RunOutcome run_typed(PipelineFixture& fixture, const std::string& script) {
  const RunOutcome outcome = fixture.run("nextflow.enable.types = true\n" + script);
  INFO(outcome.error);
  return outcome;
}

void expect_printed(PipelineFixture& fixture, const std::string& script,
                    const std::string& expected) {
  const RunOutcome outcome = run_typed(fixture, script);
  INFO(outcome.error);
  REQUIRE(outcome.kind == Kind::succeeded);
  CHECK(fixture.printed == expected);
}

/// Runs, is refused or fails, and says `text`.
void expect_failure(PipelineFixture& fixture, const std::string& script, const std::string& text) {
  const RunOutcome outcome = run_typed(fixture, script);
  CHECK(outcome.kind == Kind::failed);
  const std::string all = outcome.error + fixture.logged;
  INFO(all);
  CHECK(all.find(text) != std::string::npos);
}

TEST_SUITE("typed process") {
  TEST_CASE("values, files and collections of files are inputs by their types") {
    PipelineFixture fixture;
    for (const char* name : {"a.txt", "b.txt"}) fixture.write(name, std::string(name) + "\n");
    expect_printed(fixture, R"(
process P {
  input: n: Integer
  one: Path
  many: List<Path>
  output: stdout()
  script: """
  printf '${n + 1} ${one} ${many}|'
  cat ${one} ${many.join(' ')} | tr '\n' ' '
  """
}
workflow { P(1, file('a.txt'), channel.of([file('b.txt')])).view() }
)",
                   "2 a.txt [b.txt]|a.txt b.txt \n");
  }

  TEST_CASE("a field that a record may lack is null; a text alone may be the output") {
    PipelineFixture fixture;
    fixture.write("a.txt", "a\n");
    expect_printed(fixture, R"(
record Sample {
  id: String
  fastq: Path
  lane: Integer?
}
process P {
  input: s: Sample
  output:
  'const'
  topic:
  "lane ${s.lane}" >> 'seen'
  script:
  "true ${s.id} ${s.lane}"
}
workflow {
  P(channel.of(record(id: 'x', fastq: file('a.txt')))).view()
  channel.topic('seen').view()
}
)",
                   "const\nlane null\n");
  }

  TEST_CASE("null is refused where the type has no question mark") {
    PipelineFixture fixture;
    const std::string process =
        "  output: stdout()\n  script: \"printf '<$x>'\"\n}\n"
        "workflow { P(channel.of(null)).view() }\n";
    expect_printed(fixture, "process P {\n  input: x: String?\n" + process, "<null>\n");
    expect_failure(fixture, "process P {\n  input: x: String\n" + process,
                   "input 'x' is null; write `x: String?` where it may be");
  }

  TEST_CASE("a value of another type is told of as upstream words it, and given to the script") {
    PipelineFixture fixture;
    fixture.write("a.txt", "text\n");
    const RunOutcome outcome = run_typed(fixture, R"(
process P {
  input: tuple(id: String, n: Integer)
  f: Float
  output: stdout()
  script: "printf '$id $n $f|'"
}
workflow { P(channel.of(tuple('a', 'three'), tuple('b', 3)), 2).view() }
)");
    INFO(outcome.error);
    CHECK(fixture.sorted() == std::vector<std::string>{"a three 2|", "b 3 2|"});
    CHECK(fixture.logged.find(
              "[P (1)] invalid argument type at index 0 -- expected a Integer but got a String") !=
          std::string::npos);
    CHECK(fixture.logged.find("P (2)") == std::string::npos);
    CHECK(fixture.logged.find("Float") == std::string::npos);
    const std::string process =
        "process Q {\n  input: x: Path\n  output: stdout()\n  script: \"cat $x\"\n}\n";
    expect_printed(fixture,
                   process + "workflow { Q('" + (fixture.folder.path() / "a.txt").string() +
                       "').view() }\n",
                   "text\n\n");
    CHECK(fixture.logged.find(
              "[Q] invalid argument type at index 0 -- expected a Path but got a String") !=
          std::string::npos);
    expect_failure(fixture, process + "workflow { Q('a.txt').view() }\n",
                   "not a valid path value: 'a.txt'");
  }

  TEST_CASE("tuples and records are taken apart; record types stage their files") {
    PipelineFixture fixture;
    fixture.write("a.txt", "text\n");
    const RunOutcome outcome = run_typed(fixture, R"(
record Sample {
  id: String
  file: Path
  other: Path?
}
process T {
  input: tuple(id: String, x: Path)
  output: tuple(id, x, file('t.txt'))
  script: "cat $x > t.txt"
}
process R {
  input: record(id: String, x: Path)
  output: record(id: id, made: file('r.txt'))
  script: "cat $x > r.txt"
}
process S {
  input: sample: Sample
  output: sample + record(made: file('s.txt'))
  script: "cat ${sample.file} > s.txt"
}
workflow {
  f = file('a.txt')
  T(channel.of(tuple('t', f))).view { id, x, made -> "$id ${x == f} ${made.name}" }
  R(channel.of(record(id: 'r', x: f, more: 1))).view { r -> "${r.id} ${r.made.text.trim()}" }
  S(channel.of(record(id: 's', file: f))).view { r -> "${r.id} ${r.file == f} ${r.made.name}" }
}
)");
    INFO(outcome.error);
    REQUIRE(outcome.kind == Kind::succeeded);
    CHECK(fixture.sorted() ==
          std::vector<std::string>{"r text", "s true s.txt", "t true t.txt"});
  }

  TEST_CASE("a record without a field of its type, and a tuple of another size, are refused") {
    PipelineFixture fixture;
    expect_failure(fixture, R"(
record Sample {
  id: String
  file: Path
}
process S {
  input: sample: Sample
  script: 'true'
}
workflow { S(channel.of(record(id: 's'))) }
)",
                   "the record has no 'file', which Sample asks for");
    expect_failure(fixture, R"(
process T {
  input: tuple(a: String, b: String)
  script: 'true'
}
workflow { T(channel.of(tuple('a', 'b', 'c'))) }
)",
                   "a tuple of 2 elements was expected, not 3");
    expect_failure(fixture, R"(
process F {
  input: x: Path
  script: 'true'
}
workflow { F(channel.of(7)) }
)",
                   "not a valid path value: '7'");
  }

  TEST_CASE("stage: variables of the environment, standard input, names of files") {
    PipelineFixture fixture;
    for (const char* name : {"a.txt", "b.txt", "c.txt"}) fixture.write(name, "");
    expect_printed(fixture, R"(
process P {
  input: word: String
  one: Path
  many: List<Record>
  stage:
  env 'WORD', word
  stdin word + ' in'
  stageAs one, "${word}.txt"
  stageAs many*.f, 'f?.txt'
  output: stdout()
  script: """
  echo "\$WORD; \$(cat); ${one}; ${many*.f.join(' ')}; \$(ls) ." | tr '\n' ' '
  """
}
workflow { P('w', file('a.txt'), [record(f: file('b.txt')), record(f: file('c.txt'))]).view() }
)",
                   "w; w in; w.txt; f1.txt f2.txt; f1.txt f2.txt w.txt . \n");
  }

  TEST_CASE("outputs: every function, with names") {
    PipelineFixture fixture;
    expect_printed(fixture, R"(
process P {
  input: x: String
  output:
  upper: String = x.toUpperCase()
  word: String = env('WORD')
  many: Set<Path> = files('*.txt')
  none: Set<Path> = files('*.none')
  maybe: Path? = file('absent', optional: true)
  said: String = stdout()
  ran: String = eval("echo evaluated $x")
  script: """
  export WORD=$x-env
  touch b.txt a.txt
  printf 'said $x'
  """
}
workflow {
  P(channel.of('v'))
  P.out.upper.mix(P.out.word, P.out.many.map { s -> s*.name }, P.out.none.map { s -> s.size() },
    P.out.maybe.map { m -> "maybe $m" }, P.out.said, P.out.ran.map { r -> r.trim() })
    .toSortedList { a, b -> a.toString() <=> b.toString() }.view()
}
)",
                   "[0, V, [a.txt, b.txt], evaluated v, maybe null, said v, v-env]\n");
  }

  TEST_CASE("a file that is not there, or not alone, fails the task") {
    PipelineFixture fixture;
    const auto script = [](const std::string& output) {
      return "process P {\n  output: " + output +
             "\n  script: 'touch a.txt b.txt'\n}\nworkflow { P().view { v -> \"got $v\" } }\n";
    };
    expect_failure(fixture, script("file('c.txt')"), "c.txt");
    expect_failure(fixture, script("file('*.txt')"), "expected 1, found 2");
    expect_failure(fixture, script("file('/etc/passwd')"), "is an absolute path");
    // What is not asked for may be missing.
    expect_printed(fixture, script("false ? file('c.txt') : 'nothing'"), "got nothing\n");
    expect_failure(fixture, script("true ? file('c.txt') : 'nothing'"),
                   "the task has not left what 'file' of its output names");
  }

  TEST_CASE("topics take values of their own") {
    PipelineFixture fixture;
    expect_printed(fixture, R"(
process P {
  input: x: Integer
  topic:
  tuple('p', eval("echo version $x")) >> 'versions'
  stdout() >> 'said'
  script: "printf 'said $x'"
}
workflow {
  P(channel.of(1, 2))
  channel.topic('versions').map { n, v -> "$n ${v.trim()}" }.mix(channel.topic('said'))
    .toSortedList().view()
}
)",
                   "[p version 1, p version 2, said 1, said 2]\n");
  }

  TEST_CASE("what was run is taken on resume, exec blocks too") {
    PipelineFixture fixture;
    const std::string script = R"(nextflow.enable.types = true
process E {
  input: word: String
  output: r: String = rev
  exec: rev = word.reverse()
}
process P {
  input: word: String
  output: record(word: word, f: file('f.txt'))
  script: "echo $word > f.txt"
}
workflow { P(E(channel.of('abc'))).view { r -> "${r.word} ${r.f.text.trim()}" } }
)";
    for (int i = 0; i < 2; ++i) {
      REQUIRE(fixture.run(script).kind == Kind::succeeded);
      CHECK(fixture.printed == "cba cba\n");
      CHECK(fixture.count("Cached process") == 2 * i);
      fixture.settings.resume = "";
    }
  }

  TEST_CASE("what has no meaning is refused before anything starts") {
    PipelineFixture fixture;
    const auto process = [](const std::string& body) {
      return "process P {\n  input: x: List<String>\n" + body +
             "  script: 'true'\n}\nworkflow { P(channel.of([])) }\n";
    };
    expect_failure(fixture, process("  output: x.collect { n -> file(n) }\n"),
                   "`file` of an output cannot stand in a closure");
    expect_failure(fixture, process("  output: files('x', optionel: true)\n"),
                   "`files` has no option `optionel`");
    expect_failure(fixture, process("  topic: stdout()\n"),
                   "section `topic:` holds `value >> 'topic'` only");
    expect_failure(fixture, process("  stage: stageAs x\n"), "`stageAs`");
    expect_failure(fixture, process("  output: file(env('X'))\n"), "known only after the task ran");
  }
}

}  // namespace
}  // namespace weir::engine::test
