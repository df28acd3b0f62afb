#include "engine/explain.hpp"

#include "session_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace weir::engine::test {
namespace {

using Kind = RunOutcome::Kind;

constexpr const char* k_script = R"(
params.word = 'one'
process P {
  input: val x
  output: path 'out.txt'
  script: "echo $x ${params.word} > out.txt"
}
workflow { P(channel.of('a')) }
)";

/// Two runs of one session, the second with its own settings and `--explain`.
struct Twice {
  PipelineFixture fixture;
  std::string first_dir;

  explicit Twice(const char* script = k_script) {
    fixture.settings.journal = (fixture.folder.path() / "first.tsv").string();
    REQUIRE(fixture.run(script).kind == Kind::succeeded);
    first_dir = read_journal(fixture.settings.journal).at(0).work_dir;
    fixture.settings.resume = "";
    fixture.settings.explain = true;
    fixture.settings.earlier_journal = fixture.settings.journal;
    fixture.settings.journal = (fixture.folder.path() / "second.tsv").string();
  }
};

TEST_SUITE("explain") {
  TEST_CASE("the component that changed is named with both values") {
    Twice twice;
    twice.fixture.settings.params = {{"word", "two"}};
    REQUIRE(twice.fixture.run().kind == Kind::succeeded);
    const std::string& said = twice.fixture.logged;
    CHECK(said.find("P (1) runs: one component of its key changed\n  global params.word\n    "
                    "before: 'one'\n    now:    'two'") != std::string::npos);
  }

  TEST_CASE("the line of a long script that changed is shown, wherever it stands") {
    const auto script = [](const char* line) {
      std::string body;
      for (int i = 0; i < 40; ++i) body += "  echo 'line number " + std::to_string(i) + "'\n";
      return "process P {\n  output: path 'out.txt'\n  script:\n  \"\"\"\n" + body + "  " + line +
             "\n  echo after > out.txt\n  \"\"\"\n}\nworkflow { P() }\n";
    };
    Twice twice(script("echo 'QUAL<20'").c_str());
    REQUIRE(twice.fixture.run(script("echo 'QUAL<30'").c_str()).kind == Kind::succeeded);
    const std::string& said = twice.fixture.logged;
    CHECK(said.find("-   echo 'QUAL<20'\n") != std::string::npos);
    CHECK(said.find("+   echo 'QUAL<30'\n") != std::string::npos);
    CHECK(said.find("    echo after") != std::string::npos);
    CHECK(said.find("number 3'") == std::string::npos);
  }

  TEST_CASE("a cached task is not explained") {
    Twice twice;
    REQUIRE(twice.fixture.run().kind == Kind::succeeded);
    CHECK(twice.fixture.count("Cached process") == 1);
    CHECK(twice.fixture.logged.find("runs:") == std::string::npos);
  }

  TEST_CASE("what became of the earlier results is said") {
    Twice changed;
    base::write_file(changed.first_dir + "/out.txt", "longer than it was before\n");
    REQUIRE(changed.fixture.run().kind == Kind::succeeded);
    CHECK(changed.fixture.logged.find("its output 'out.txt' has 26 bytes now, it had 6") !=
          std::string::npos);

    Twice gone;
    base::remove_tree(gone.first_dir);
    REQUIRE(gone.fixture.run().kind == Kind::succeeded);
    CHECK(gone.fixture.logged.find("its earlier directory is gone") != std::string::npos);
  }

  TEST_CASE("a task that failed before says so") {
    PipelineFixture fixture;
    fixture.settings.journal = (fixture.folder.path() / "first.tsv").string();
    fixture.write("main.nf", "process P { script: 'test -e ../../../go' }\nworkflow { P() }\n");
    REQUIRE(fixture.run().kind == Kind::failed);
    fixture.write("go", "");
    fixture.settings.resume = "";
    fixture.settings.explain = true;
    fixture.settings.earlier_journal = fixture.settings.journal;
    fixture.settings.journal.clear();
    REQUIRE(fixture.run().kind == Kind::succeeded);
    CHECK(fixture.logged.find("it failed before, with exit status 1") != std::string::npos);
  }
}

}  // namespace
}  // namespace weir::engine::test
