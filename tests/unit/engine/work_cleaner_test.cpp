#include "session_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace weir::engine::test {
namespace {

using Kind = RunOutcome::Kind;
namespace fs = std::filesystem;

/// A, then B on its files, whose own are published.
constexpr const char* k_chain = R"(
process A { output: path 'a.txt'
 script: "echo a > a.txt" }
process B { input: path x
 output: path 'b.txt'
 script: "cat $x > b.txt" }
process C { publishDir 'results', mode: 'copy'
 input: path x
 output: path 'c.txt'
 script: "cat $x > c.txt" }
workflow { A | B | C }
)";

std::size_t task_directories(const PipelineFixture& fixture) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fixture.folder.path() / "work"))
    count += entry.path().filename() == ".command.sh" ? 1 : 0;
  return count;
}

TEST_SUITE("work cleaner") {
  TEST_CASE("at the end everything goes but what links point to") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "cleanup = true\n");
    REQUIRE(fixture.run(k_chain).kind == Kind::succeeded);
    CHECK(task_directories(fixture) == 0);
    CHECK(fixture.read("results/c.txt") == "a\n");

    PipelineFixture linked;
    linked.write("nextflow.config",
                 "cleanup = true\nprocess { withName: 'C' { publishDir = 'links' } }\n");
    REQUIRE(linked.run(k_chain).kind == Kind::succeeded);
    CHECK(linked.read("links/c.txt") == "a\n");
  }

  TEST_CASE("a run that fails keeps everything for its resumption") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "cleanup = true\n");
    REQUIRE(fixture.run("process A { script: 'exit 3' }\nworkflow { A() }\n").kind == Kind::failed);
    CHECK(task_directories(fixture) == 1);
  }

  TEST_CASE("eager: what nothing needs any more goes while the run goes on") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "cleanup = 'eager'\n");
    REQUIRE(fixture.run(k_chain).kind == Kind::succeeded);
    CHECK(task_directories(fixture) == 0);
    CHECK(fixture.read("results/c.txt") == "a\n");

    // LATE waits for the end of what EARLY's files went through, and looks for its directory.
    PipelineFixture branch;
    branch.write("nextflow.config", "cleanup = 'eager'\n");
    REQUIRE(branch.run(R"nf(
process EARLY { output: path 'e.txt'
 script: "echo e > e.txt; pwd > $launchDir/early" }
process USE { input: path x
 output: stdout
 script: "cat $x" }
process LATE { input: val ignored
 script: """
 for i in \$(seq 300); do
   [ -e "\$(cat $launchDir/early)" ] || exit 0
   read -t 0.02 x <> <(:) || true
 done
 exit 9
 """ }
workflow { EARLY | USE
 LATE(channel.of(1)) }
)nf").kind == Kind::succeeded);
  }

  TEST_CASE("a later resume runs again what is gone, with the same results") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "cleanup = 'eager'\n");
    REQUIRE(fixture.run(k_chain).kind == Kind::succeeded);
    fixture.settings.resume = "";
    REQUIRE(fixture.run().kind == Kind::succeeded);
    CHECK(fixture.count("Submitted process") == 3);
    CHECK(fixture.read("results/c.txt") == "a\n");
  }
}

}  // namespace
}  // namespace weir::engine::test
