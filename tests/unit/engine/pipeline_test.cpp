#include "session_fixture.hpp"

#include <doctest/doctest.h>

namespace weir::engine::test {
namespace {

using Lines = std::vector<std::string>;
using Kind = RunOutcome::Kind;

TEST_SUITE("pipelines") {
  TEST_CASE("a process fires once for each item, and once for values alone") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(R"(
process MANY { input: val x
 val y
 output: stdout
 script: "printf '$x$y'" }
process ONE { input: val x
 output: stdout
 script: "printf 'one$x'" }
workflow {
  MANY(channel.of(1, 2), 'v') | view
  ONE('v') | view
})");
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.sorted() == Lines{"1v", "2v", "onev"});
    CHECK(fixture.count("Submitted process > ONE") == 1);
    CHECK(fixture.count("Submitted process > MANY (1)") == 1);
  }

  TEST_CASE("a script that cannot be evaluated fails its task: no retry, but finish holds") {
    PipelineFixture fixture;
    const auto run_with = [&](const std::string& strategy) {
      fixture.write("go", "");
      return fixture.run(R"(
process SLOW { output: path 'x'
 script: """
  while [ -e '${launchDir}/go' ]; do sleep 0.01; done
  echo done > x; cp x '${launchDir}/slow'
  """ }
process P { tag "t$n"
 errorStrategy ')" + strategy +
                         R"('
 input: val n
 script:
 def extra = n == 2 ? file("$launchDir/nosuch", checkIfExists: true) : ''
 "rm -f '${launchDir}/go'; echo $extra" }
workflow { SLOW()
 P(channel.of(1, 2)) })");
    };
    for (const char* strategy : {"terminate", "retry", "ignore"}) {
      const RunOutcome outcome = run_with(strategy);
      CHECK(outcome.kind == Kind::failed);
      INFO(outcome.error);
      CHECK(outcome.error.find("Error executing process > 'P (t2)'") != std::string::npos);
      CHECK(outcome.error.find("nosuch") != std::string::npos);
      CHECK(outcome.error.find("main.nf:") != std::string::npos);
      CHECK(outcome.error.find("Command executed") == std::string::npos);
      CHECK(fixture.count("retried") == 0);
      CHECK(fixture.read("slow") == "(no file)");
    }
    CHECK(run_with("finish").kind == Kind::failed);
    CHECK(fixture.read("slow") == "done\n");
  }

  TEST_CASE("a template that is not there fails its task, which may be ignored") {
    PipelineFixture fixture;
    const std::string script = R"(
process P { errorStrategy 'ignore'
 input: val n
 output: val n
 script:
 if (n == 1) template 'nosuch.sh'
 else "true" }
workflow { P(channel.of(1, 2)).view() })";
    const RunOutcome outcome = fixture.run(script);
    INFO(outcome.error);
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.printed == "2\n");
  }

  TEST_CASE("components of keys are printed whole, as text or JSON") {
    PipelineFixture fixture;
    const std::string script = "params.x = 'begin' + 'x' * 400 + 'end'\nprocess P { script: \"true "
                               "${params.x}\" }\nworkflow { P() }\n";
    fixture.settings.dump_hashes = true;
    CHECK(fixture.run(script).kind == Kind::succeeded);
    CHECK(fixture.logged.find("begin" + std::string(400, 'x') + "end") != std::string::npos);
    fixture.settings.dump_hashes_as_json = true;
    CHECK(fixture.run(script).kind == Kind::succeeded);
    CHECK(fixture.logged.find("[P] cache hash: ") != std::string::npos);
    CHECK(fixture.logged.find("\"name\": \"global params.x\"") != std::string::npos);
  }

  TEST_CASE("a process with an empty input never fires and the run ends") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(R"(
process P { input: val x
 val y
 output: stdout
 script: "printf '$x'" }
workflow { P(channel.of(1), channel.empty()) | view })");
    CHECK(outcome.kind == Kind::succeeded);
    CHECK(fixture.lines.empty());
  }

  TEST_CASE("leftovers of the longer queue are dropped") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { input: val x
 val y
 exec: println "$x$y" }
workflow { P(channel.of(1, 2, 3), channel.of('a', 'b')) })")
              .kind == Kind::succeeded);
    CHECK(fixture.sorted() == Lines{"1a", "2b"});
  }

  TEST_CASE("each makes every combination") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { input: val x
 each y
 each z
 exec: println "$x$y$z" }
workflow { P(channel.of(1, 2), ['a', 'b'], channel.of('p', 'q')) })")
              .kind == Kind::succeeded);
    CHECK(fixture.sorted() == Lines{"1ap", "1aq", "1bp", "1bq", "2ap", "2aq", "2bp", "2bq"});
  }

  TEST_CASE("when decides before anything runs") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { input: val x
 output: val x
 when: x > 1
 script: "true" }
workflow { P(channel.of(1, 2)) | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "2\n");
    CHECK(fixture.lines.size() == 1);
  }

  TEST_CASE("named workflows qualify names, take and emit") {
    PipelineFixture fixture;
    fixture.write("lib.nf", R"(
process SAY { input: val x
 output: val "${x}!", emit: said
 script: "true" }
workflow TALK { take: words
 main: SAY(words)
 emit: loud = SAY.out.said }
)");
    CHECK(fixture
              .run(R"(
include { TALK } from './lib'
include { TALK as SHOUT; SAY as WHISPER } from './lib.nf'
workflow {
  TALK(channel.of('a'))
  SHOUT(TALK.out.loud)
  SHOUT.out.view()
  WHISPER('w') | view
})")
              .kind == Kind::succeeded);
    CHECK(fixture.sorted() == Lines{"a!!", "w!"});
    CHECK(fixture.count("TALK:SAY (1)") == 1);
    CHECK(fixture.count("SHOUT:SAY (1)") == 1);
    CHECK(fixture.count("> WHISPER") == 1);
  }

  TEST_CASE("calling a process twice in one workflow is refused with its place") {
    PipelineFixture fixture;
    const RunOutcome outcome =
        fixture.run("process P { script: 'true' }\nworkflow {\n  P()\n  P()\n}\n");
    CHECK(outcome.failure == ErrorKind::input);
    CHECK(outcome.error.find("main.nf:4:3") != std::string::npos);
    CHECK(fixture.lines.empty());
  }

  TEST_CASE("a wrong number of inputs is refused before anything runs") {
    PipelineFixture fixture;
    const RunOutcome outcome =
        fixture.run("process P { input: val x\n val y\n script: 'true' }\nworkflow { P(1) }\n");
    CHECK(outcome.failure == ErrorKind::input);
    CHECK(outcome.error.find("main.nf:4") != std::string::npos);
  }

  TEST_CASE("a tuple of another size is an error that names the process") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(
        "process P { input: tuple val(x), val(y)\n script: 'true' }\nworkflow { P(channel.of([1, "
        "2, 3])) }\n");
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.error.find("process 'P'") != std::string::npos);
    CHECK(outcome.error.find("3 elements") != std::string::npos);
  }

  TEST_CASE("files are staged, found again and passed on") {
    PipelineFixture fixture;
    fixture.write("data/a b.txt", "hello\n");
    CHECK(fixture
              .run(R"(
process COPY { input: path source, stageAs: 'in/*'
 output: path '*.out', emit: copy
 script: "cat $source > result.out" }
process READ { input: path x
 output: stdout
 script: "cat $x" }
workflow { COPY(channel.fromPath('data/*.txt')) | READ | view { it.trim() } })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "hello\n");
  }

  TEST_CASE("an optional output that is missing is not emitted") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { output: path 'no', optional: true
 script: 'true' }
workflow { P() | ifEmpty('nothing') | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "nothing\n");
  }

  TEST_CASE("env, eval and topic outputs carry texts") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { output: env 'X', emit: x
 eval 'echo from eval', emit: e, topic: versions
 script: 'X=from-env' }
workflow { P()
 P.out.x.view()
 channel.topic('versions').view { 'topic ' + it.trim() } })")
              .kind == Kind::succeeded);
    CHECK(fixture.sorted() == Lines{"from-env", "topic from eval"});
  }

  TEST_CASE("a failing task ends the run with its report") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run("process P { script: 'exit 3' }\nworkflow { P() }\n");
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.error.find("P") != std::string::npos);
    CHECK(outcome.error.find("3") != std::string::npos);
  }

  TEST_CASE("retry evaluates dynamic directives again, ignore emits nothing") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process TRY { memory { 10.MB * task.attempt }
 errorStrategy 'retry'
 maxRetries 2
 output: stdout
 script: "if [ $task.attempt -lt 2 ]; then exit 1; fi; printf '${task.memory} $task.attempt'" }
process SKIP { errorStrategy 'ignore'
 input: val x
 output: val x
 script: "[ $x != 1 ]" }
workflow { TRY() | view
 SKIP(channel.of(1, 2)) | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.sorted() == Lines{"2", "20 MB 2"});
    CHECK(fixture.count("Re-submitted process > TRY") == 1);
    CHECK(fixture.count("Error is ignored") == 1);
  }

  TEST_CASE("fair keeps the order of the inputs") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { fair true
 input: val x
 output: val x
 script: "sleep 0.0${5 - x}" }
workflow { P(channel.of(1, 2, 3, 4)) | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "1\n2\n3\n4\n");
  }

  TEST_CASE("a resumed run takes every task from the work directory, exec blocks too") {
    PipelineFixture fixture;
    const std::string script = R"(
process A { input: val x
 output: val y
 exec: y = x * 2 }
process B { input: val x
 output: stdout
 script: "printf 'b$x'" }
workflow { A(channel.of(1, 2)) | B | collect(sort: true) | view })";
    CHECK(fixture.run(script).kind == Kind::succeeded);
    CHECK(fixture.printed == "[b2, b4]\n");
    fixture.settings.resume = "";
    CHECK(fixture.run().kind == Kind::succeeded);
    CHECK(fixture.printed == "[b2, b4]\n");
    CHECK(fixture.count("Cached process") == 4);
    CHECK(fixture.count("Submitted") == 0);
  }

  TEST_CASE("changing a parameter that the script reads runs its tasks again") {
    PipelineFixture fixture;
    const std::string script =
        "params.x = 1\nprocess P { output: stdout\n script: \"printf '${params.x}'\" }\nworkflow { "
        "P() | view }\n";
    CHECK(fixture.run(script).kind == Kind::succeeded);
    fixture.settings.resume = "";
    fixture.settings.params = {{"x", "2"}};
    CHECK(fixture.run().kind == Kind::succeeded);
    CHECK(fixture.printed == "2\n");
    CHECK(fixture.count("Submitted") == 1);
  }

  TEST_CASE("stub runs take the stub block") {
    PipelineFixture fixture;
    fixture.settings.stub = true;
    CHECK(fixture
              .run(R"(
process P { output: stdout
 script: 'exit 1'
 stub: 'printf stub' }
workflow { P() | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "stub\n");
  }

  TEST_CASE("shell blocks take names between !{ and }") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
process P { input: val x
 output: stdout
 shell: 'Y=2; printf "!{x} $Y !{task.process}"' }
workflow { P('v') | view })")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "v 2 P\n");
  }

  TEST_CASE("exit in the script gives its status") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run("workflow { exit 7, 'enough' }\n");
    CHECK(outcome.kind == Kind::script_exit);
    CHECK(outcome.exit_status == 7);
  }

  TEST_CASE("a pipeline that waits for itself is reported instead of hanging") {
    PipelineFixture fixture;
    const RunOutcome outcome = fixture.run(R"(
process P { input: val x
 output: val x, topic: loop
 script: 'true' }
workflow { P(channel.topic('loop')) })");
    CHECK(outcome.kind == Kind::failed);
    CHECK(outcome.error.find("standstill") != std::string::npos);
    CHECK(outcome.error.find("'topic loop'") != std::string::npos);
  }

  TEST_CASE("handlers hear of the end") {
    PipelineFixture fixture;
    CHECK(fixture
              .run(R"(
workflow {
  workflow.onComplete { println "done ${workflow.success}" }
  channel.of(1).view()
})")
              .kind == Kind::succeeded);
    CHECK(fixture.printed == "1\ndone true\n");
  }

  TEST_CASE("reports and the graph are written") {
    PipelineFixture fixture;
    fixture.settings.with_trace = "t.txt";
    fixture.settings.reports = {{"report", "r.html"}, {"timeline", "l.html"}, {"dag", "d.mmd"}};
    CHECK(
        fixture.run("process P { output: stdout\n script: 'printf x' }\nworkflow { P() | view }\n")
            .kind == Kind::succeeded);
    CHECK(fixture.read("t.txt").find("COMPLETED") != std::string::npos);
    CHECK(fixture.read("r.html").find("<td>P</td>") != std::string::npos);
    CHECK(fixture.read("l.html").find("class=bar") != std::string::npos);
    CHECK(fixture.read("d.mmd").find("-->") != std::string::npos);
  }
}

}  // namespace
}  // namespace weir::engine::test
