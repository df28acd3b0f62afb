#include "session_fixture.hpp"

#include <doctest/doctest.h>

namespace weir::engine::test {
namespace {

using Kind = RunOutcome::Kind;

TEST_SUITE("surroundings of tasks") {
  TEST_CASE("a program that takes more memory than its task asked for fails, and is told why") {
    constexpr const char* k_script = R"(
process P {
  memory '100 MB'
  output: path 'done'
  script: "x=\$(head -c 300000000 /dev/zero | tr '\\0' x); echo \${#x} > done"
}
workflow { P() }
)";
    PipelineFixture fixture;
    fixture.write("nextflow.config", "executor.enforceMemory = true\n");
    const RunOutcome outcome = fixture.run(k_script);
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.error.find("could have 100 MB of memory") != std::string::npos);
    // Without being told to, nobody is held to it.
    fixture.write("nextflow.config", "");
    CHECK(fixture.run(k_script).kind == Kind::succeeded);
  }

  TEST_CASE("scripts see resources as resourceLimits caps them") {
    PipelineFixture fixture;
    fixture.write("nextflow.config",
                  "process.resourceLimits = [cpus: 1, memory: 200.MB, time: 1.h]\n");
    const RunOutcome outcome = fixture.run(R"(
process P {
  cpus 64
  memory 900.GB
  time 3.d
  output: stdout
  script: "printf '${task.cpus} ${task.memory} ${task.time}'"
}
workflow { P().view() }
)");
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.printed == "1 200 MB 1h\n");
  }

  TEST_CASE("outputs leave a scratch folder as stageOutMode says") {
    for (const char* mode : {"copy", "move"}) {
      for (const char* scratch : {"true", "'ram-disk'"}) {
        PipelineFixture fixture;
        const RunOutcome outcome = fixture.run(std::string("process P {\n scratch ") + scratch +
                                               "\n stageOutMode '" + mode + R"('
 output: path 'sub/*.txt'
 script: 'mkdir sub; echo x > "sub/a b.txt"; echo y > sub/c.txt; pwd > pwd.txt; touch left'
}
workflow { P().flatten().map { it.text.trim() }.toSortedList().view() }
)");
        CHECK(outcome.error == "");
        CHECK(fixture.printed == "[x, y]\n");
      }
    }
  }

  TEST_CASE("a module that cannot be loaded fails the task before its script") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(
        "process P {\n module 'no-such-module/1.0'\n script: 'touch ../../../began'\n}\n"
        "workflow { P() }\n");
    CHECK(outcome.kind == Kind::failed);
    CHECK(fixture.read("began") == "(no file)");
  }

  TEST_CASE("handlers of the configuration see the run, not the scope of settings") {
    PipelineFixture fixture;
    fixture.write(
        "nextflow.config",
        "workflow { onComplete = { println \"$workflow.success $workflow.exitStatus\" } }");
    CHECK(fixture.run("process P { script: 'true' }\nworkflow { P() }\n").kind == Kind::succeeded);
    CHECK(fixture.printed == "true 0\n");
  }

  TEST_CASE("an accelerator is one task's at a time, and no request without known ones waits") {
    constexpr const char* k_script = R"(
process P {
  accelerator 1
  input: val x
  output: stdout
  script: 'printf "<$CUDA_VISIBLE_DEVICES>"'
}
workflow { P(channel.of(1, 2)).view() }
)";
    PipelineFixture fixture;
    fixture.settings.environment.emplace_back("CUDA_VISIBLE_DEVICES=7");
    CHECK(fixture.run(k_script).kind == Kind::succeeded);
    CHECK(fixture.printed == "<7>\n<7>\n");
    PipelineFixture none;
    CHECK(none.run("process P {\n accelerator 4\n script: 'true'\n}\nworkflow { P() }\n").kind ==
          Kind::succeeded);
  }

  TEST_CASE("two container engines at once are refused, and so is one that is unknown") {
    PipelineFixture fixture;
    fixture.write("nextflow.config", "docker.enabled = true\npodman.enabled = true\n");
    CHECK(fixture.run("workflow { }\n").error.find("two container engines") != std::string::npos);
    fixture.write("nextflow.config", "shifter.enabled = true\n");
    CHECK(fixture.run("workflow { }\n").error.find("shifter") != std::string::npos);
  }
}

}  // namespace
}  // namespace weir::engine::test
