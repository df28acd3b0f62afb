// Configuration and parameters, seen through pipelines.

#include "session_fixture.hpp"

#include "engine/path_lookup.hpp"
#include "engine/process_settings.hpp"
#include "engine/value_codec.hpp"
#include "lang/semantics.hpp"

#include <doctest/doctest.h>

namespace weir::engine::test {
namespace {

using Kind = RunOutcome::Kind;

TEST_SUITE("settings") {
  TEST_CASE("selectors outrank the script, which outranks the defaults") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", R"(
process {
  cpus = 1
  memory = '1 MB'
  queue = 'all'
  withLabel: big { memory = 3.MB }
  withName: 'B|C' { queue = 'bc' }
}
)");
    CHECK(fixture
              .run(R"(
process A { memory '2 MB'
 output: val "${task.process} ${task.memory} ${task.queue}"
 exec: true }
process B { label 'big'
 memory '2 MB'
 output: val "${task.process} ${task.memory} ${task.queue}"
 exec: true }
workflow { A() | mix(B()) | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.sorted() == std::vector<std::string>{"A 2 MB all", "B 3 MB bc"});
  }

  TEST_CASE("ext merges key by key and its closures see the task") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", R"(
process {
  ext.args = 'base'
  withName: P { ext.prefix = { "p_${x}_${task.index}" } }
}
)");
    CHECK(fixture
              .run(R"(
process P { input: val x
 output: val "${task.ext.args} ${task.ext.prefix} ${task.ext.none}"
 exec: true }
workflow { P('v') | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "base p_v_1 null\n");
  }

  TEST_CASE("parameters: script, configuration, file, command line, lowest first") {
    PipelineFixture fixture;
    fixture.write("nextflow.config",
                  "params { b = 'config'; c = 'config'; d = 'config'; n = 1 }\n");
    fixture.write("p.json", R"({"c": "file", "d": "file", "deep": {"x": 1.5}})");
    fixture.settings.params_file = (fixture.folder.path() / "p.json").string();
    fixture.settings.params = {
        {"d", "line"}, {"n", "2"}, {"flag", std::nullopt}, {"two-words", "w"}};
    CHECK(fixture
              .run(R"(
params.a = 'script'
params.b = 'script'
workflow {
  println([params.a, params.b, params.c, params.d])
  println([params.n + 1, params.deep.x, params.flag, params.twoWords])
}
)")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "[script, config, file, line]\n[3, 1.5, true, w]\n");
  }

  TEST_CASE("a params block declares types, requires values and refuses unknown names") {
    PipelineFixture fixture;
    const std::string script =
        "params {\n  n: Integer\n  s: String = 'x'\n  b: Boolean\n}\nworkflow { println([params.n "
        "+ 1, params.s, params.b]) }\n";
    CHECK(fixture.run(script).error.find("Parameter `n` is required") != std::string::npos);
    fixture.settings.params = {{"n", "4"}};
    CHECK(fixture.run().kind == Kind::succeeded);
    CHECK(fixture.printed == "[5, x, false]\n");
    fixture.settings.params = {{"n", "four"}};
    CHECK(fixture.run().failure == ErrorKind::input);
    fixture.settings.params = {{"n", "4"}, {"m", "1"}};
    CHECK(fixture.run().error.find("Parameter `m` was specified") != std::string::npos);
  }

  TEST_CASE("paths of a params block are files of the launch directory, in collections too") {
    PipelineFixture fixture;
    fixture.write("a.txt", "A\n");
    fixture.write("b.txt", "B\n");
    const std::string script = R"(
record Sample {
  id: String
  reads: Path
  n: Integer?
}
params {
  input: Path
  more: List<Path> = ['b.txt']
  one: Path = 'b.txt'
  samples: List<Sample> = []
  flag: Boolean = false
}
workflow {
  def more = params.more*.text*.trim()
  println "${params.input.text.trim()} ${more} ${params.one.name} ${params.flag}"
  println params.samples.collect { s -> "${s.id} ${s.reads.text.trim()} ${s.n}" }
})";
    fixture.settings.params = {{"input", "a.txt"}, {"flag", "TRUE"}};
    RunOutcome outcome = fixture.run(script);
    INFO(outcome.error);
    CHECK(fixture.printed == "A [B] b.txt true\n[]\n");
    fixture.write("p.json", R"({"more": ["a.txt"], "samples": [{"id": "s", "reads": "b.txt"}]})");
    fixture.settings.params_file = (fixture.folder.path() / "p.json").string();
    outcome = fixture.run(script);
    INFO(outcome.error);
    CHECK(fixture.printed == "A [A] b.txt true\n[s B null]\n");
    fixture.write("p.json", R"({"samples": [{"id": "s"}]})");
    outcome = fixture.run(script);
    CHECK(outcome.error.find("has no 'reads', which the type Sample asks for") !=
          std::string::npos);
    fixture.write("p.json", R"({"more": ["nosuch.txt"]})");
    outcome = fixture.run(script);
    CHECK(outcome.error.find("parameter 'more' names a file that does not exist") !=
          std::string::npos);
  }

  TEST_CASE("profiles apply in order, unknown ones are refused with the nearest name") {
    PipelineFixture fixture;
    fixture.write("nextflow.config",
                  "params.x = 0\nprofiles {\n  one { params.x = 1 }\n  two { params.x = 2; "
                  "params.y = 2 }\n}\n");
    const std::string script = "workflow { println([params.x, params.y]) }\n";
    fixture.settings.profiles = {"two", "one"};
    CHECK(fixture.run(script).kind == Kind::succeeded);
    CHECK(fixture.printed == "[1, 2]\n");
    fixture.settings.profiles = {"tow"};
    const RunOutcome outcome = fixture.run();
    CHECK(outcome.failure == ErrorKind::usage);
    CHECK(outcome.error.find("'tow'") != std::string::npos);
  }

  TEST_CASE("configuration files include each other, relative to themselves") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "includeConfig 'conf/a.config'\n");
    fixture.write("conf/a.config", "includeConfig 'b.config'\nparams.a = params.b + 1\n");
    fixture.write("conf/b.config", "params.b = 1\n");
    CHECK(fixture.run("workflow { println params.a }\n").kind == Kind::succeeded);
    CHECK(fixture.printed == "2\n");
  }

  TEST_CASE("a configuration with an error is refused with its place") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "process {\n  cpus 2\n}\n");
    const RunOutcome outcome = fixture.run("workflow { }\n");
    CHECK(outcome.failure == ErrorKind::usage);
    CHECK(outcome.error.find("nextflow.config:2") != std::string::npos);
  }

  TEST_CASE("an executor that weir does not have is refused before anything runs") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "process.executor = 'slurm'\n");
    const RunOutcome outcome = fixture.run("process P { script: 'true' }\nworkflow { P() }\n");
    CHECK(outcome.failure == ErrorKind::usage);
    CHECK(outcome.error.find("slurm") != std::string::npos);
    CHECK(fixture.lines.empty());
  }

  TEST_CASE("selectors are regular expressions over the whole name") {
    CHECK(selector_matches("FOO", "FOO"));
    CHECK_FALSE(selector_matches("FOO", "FOOD"));
    CHECK(selector_matches("FOO.*", "FOOD"));
    CHECK(selector_matches("A:B:.*", "A:B:C"));
    CHECK_FALSE(selector_matches("!FOO", "FOO"));
    CHECK(label_selector_matches("!small", {"big"}));
    CHECK(label_selector_matches(".*", {}));
    CHECK_FALSE(label_selector_matches("!small", {"big", "small"}));
  }

  TEST_CASE("the key of a file pair is what the wildcard matched") {
    CHECK(pair_key("SRR493366_1.fastq", "SRR*_{1,2}.fastq") == "SRR493366");
    CHECK(pair_key("a_R1.fq.gz", "*_R{1,2}.fq.gz") == "a");
    CHECK(pair_key("x-1.fq", "*-{1,2}.fq") == "x");
  }

  TEST_CASE("pairs come as tuples, incomplete groups are left out") {
    PipelineFixture fixture;
    for (const char* name : {"d/a_1.fq", "d/a_2.fq", "d/b_1.fq"}) fixture.write(name, "");
    CHECK(fixture
              .run("workflow { channel.fromFilePairs('d/*_{1,2}.fq').view { k, f -> \"$k "
                   "${f*.name}\" } }\n")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "a [a_1.fq, a_2.fq]\n");
  }

  TEST_CASE("file pairs: a group is emitted each time it is full") {
    PipelineFixture fixture;
    for (const char* name :
         {"d/a_1.fq", "d/a_2.fq", "d/a_3.fq", "d/a_4.fq", "d/a_5.fq", "e/a_6.fq"})
      fixture.write(name, "");
    const auto printed = [&](const std::string& arguments) {
      REQUIRE(fixture
                  .run("workflow { channel.fromFilePairs(" + arguments +
                       ").view { k, f -> \"$k ${f*.name}\" } }\n")
                  .kind == Kind::succeeded);
      return fixture.printed;
    };
    CHECK(printed("'d/*_{1,2,3,4,5}.fq'") == "a [a_1.fq, a_2.fq]\na [a_3.fq, a_4.fq]\n");
    CHECK(printed("'d/*_{1,2,3,4,5}.fq', size: 3") == "a [a_1.fq, a_2.fq, a_3.fq]\n");
    CHECK(printed("'d/*_{1,2,3,4,5}.fq', size: -1") ==
          "a [a_1.fq, a_2.fq, a_3.fq, a_4.fq, a_5.fq]\n");
    CHECK(printed("'d/*_{1,2,3,4,5}.fq', size: 6") == "");
    // Groups span the patterns; a plain name is a group of one.
    CHECK(printed("['d/*_5.fq', 'e/*_{5,6}.fq']") == "a [a_5.fq, a_6.fq]\n");
    CHECK(printed("'d/a_1.fq'") == "a_1 [a_1.fq]\n");
    // The key ends before the braces, whatever stands behind them.
    for (const char* name : {"r/s_L1_R1_001.fq", "r/s_L1_R2_001.fq"}) fixture.write(name, "");
    CHECK(printed("'r/*_R{1,2}_*.fq'") == "s_L1 [s_L1_R1_001.fq, s_L1_R2_001.fq]\n");
    CHECK(printed("'r/s_L1_R{1,2}_001.fq'") == "s_L1_R [s_L1_R1_001.fq, s_L1_R2_001.fq]\n");
    // A closure names the group.
    CHECK(printed("'d/*_?.fq', { f -> f.name[2] in ['1', '4'] ? 'x' : 'y' }") ==
          "y [a_2.fq, a_3.fq]\nx [a_1.fq, a_4.fq]\n");
  }

  TEST_CASE("values kept in a seal come back equal") {
    using lang::Value;
    auto map = lang::make<lang::MapObject>();
    map->items.put("k", lang::make_list({Value::integer(1), Value::long_integer(2),
                                         Value::real(1.5), Value()}));
    map->items.put("p", lang::make_path("/a/b"));
    map->items.put("m", Value::memory(1024));
    const Value value = map;
    REQUIRE(is_encodable(value));
    const Value back = decode_value(encode_value(value));
    CHECK(lang::equals(back, value));
    CHECK(lang::to_text(back) == lang::to_text(value));
    CHECK_THROWS_AS(static_cast<void>(decode_value("1L")), Error);
    CHECK_THROWS_AS(static_cast<void>(decode_value("9n")), Error);
  }
}

}  // namespace
}  // namespace weir::engine::test
