#include "session_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace weir::engine::test {
namespace {

using Kind = RunOutcome::Kind;
namespace fs = std::filesystem;

constexpr const char* k_process = R"(
process P {
  input: val x
  output: tuple val([id: x]), path("${x}.txt"), path("sub/${x}.log")
  script: "mkdir sub; echo $x > ${x}.txt; echo log > sub/${x}.log"
}
)";

TEST_SUITE("output block") {
  TEST_CASE("files of the work directory are published below the path, and listed at the end") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(std::string(k_process) + R"(
workflow {
  main: P(channel.of('a', 'b'))
  publish: samples = P.out
}
output { samples { path 'files' } }
)");
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.read("results/files/a.txt") == "a\n");
    CHECK(fixture.read("results/files/sub/b.log") == "log\n");
    CHECK(fs::is_symlink(fixture.folder.path() / "results/files/a.txt"));
    CHECK(fixture.printed.find("\nOutputs:\n\n  ") != std::string::npos);
  }

  TEST_CASE("a closure gives a folder for each value, or a place for each file") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(std::string(k_process) + R"(
params.logs = false
workflow {
  main: ch = P(channel.of('a'))
  publish:
  whole = ch
  parts = ch.map { m, t, l -> [meta: m, txt: t, log: l] }
}
output {
  whole { path { meta, txt, log -> "by/${meta.id}" } }
  parts {
    mode 'copy'
    path { r ->
      r.txt >> "t/${r.meta.id}.renamed"
      r.log >> (params.logs ? 'l/' : null)
    }
    index { path 'parts.json' }
  }
}
)");
    CHECK(outcome.error == "");
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.read("results/by/a/a.txt") == "a\n");
    CHECK(fixture.read("results/t/a.renamed") == "a\n");
    CHECK_FALSE(fs::is_symlink(fixture.folder.path() / "results/t/a.renamed"));
    CHECK_FALSE(fs::exists(fixture.folder.path() / "results/l"));
    const std::string index = fixture.read("results/parts.json");
    CHECK(index.find("results/t/a.renamed\"") != std::string::npos);
    CHECK(index.find("\"log\": null") != std::string::npos);
  }

  TEST_CASE("an index is a table with a header, a separator and quoted values") {
    PipelineFixture fixture;
    fixture.write("mine.txt", "x");
    const RunOutcome outcome = fixture.run(R"(
workflow {
  main: ch = channel.of([id: 1, name: 'say "hi"', file: file('mine.txt'), none: null])
  publish: rows = ch
}
output { rows { index { path 'rows.csv'; header true; sep ';' } } }
)");
    CHECK(outcome.kind == Kind::succeeded);
    // A file from elsewhere is told of as it is, and stays where it is.
    CHECK(fixture.read("results/rows.csv") ==
          "\"id\";\"name\";\"file\";\"none\"\n\"1\";\"say \"\"hi\"\"\";\"" +
              (fixture.folder.path() / "mine.txt").string() + "\";\"\"\n");
    CHECK_FALSE(fs::exists(fixture.folder.path() / "results/mine.txt"));
  }

  TEST_CASE("the configuration sets the defaults, and an output can be switched off") {
    PipelineFixture fixture;
    fixture.write("nextflow.config",
                  "outputDir = 'out'\nworkflow { output { mode = 'copy'; overwrite = false } }\n");
    fixture.write("out/a.txt", "kept");
    const RunOutcome outcome = fixture.run(std::string(k_process) + R"(
workflow {
  main: ch = P(channel.of('a'))
  publish:
  one = ch
  two = ch
}
output {
  one { path '.' }
  two { enabled false; path 'two'; index { path 'two.yml' } }
}
)");
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.read("out/a.txt") == "kept");
    CHECK(fixture.read("out/sub/a.log") == "log\n");
    CHECK_FALSE(fs::is_symlink(fixture.folder.path() / "out/sub/a.log"));
    CHECK_FALSE(fs::exists(fixture.folder.path() / "out/two"));
    CHECK_FALSE(fs::exists(fixture.folder.path() / "out/two.yml"));
  }

  TEST_CASE("what cannot be published ends the run, unless errors are ignored") {
    for (const bool ignored : {false, true}) {
      PipelineFixture fixture;
      fixture.write("results", "a file where the folder should be");
      const RunOutcome outcome =
          fixture.run(std::string(k_process) +
                      "workflow {\n main: ch = P(channel.of('a'))\n publish: "
                      "o = ch\n}\noutput { o { ignoreErrors " +
                      (ignored ? "true" : "false") + " } }\n");
      CHECK(outcome.kind == (ignored ? Kind::succeeded : Kind::failed));
      if (!ignored) CHECK(outcome.error.find("Failed to publish file") != std::string::npos);
    }
  }

  TEST_CASE("settings that cannot be meant are refused before anything runs") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(std::string(k_process) + R"(
workflow {
  main: ch = P(channel.of('a'))
  publish: o = ch
}
output { o { index { path 'rows.xlsx' } } }
)");
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.error.find("rows.xlsx") != std::string::npos);
    CHECK(fixture.lines.empty());
  }
}

}  // namespace
}  // namespace weir::engine::test
