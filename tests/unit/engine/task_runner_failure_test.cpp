#include "engine/task_runner.hpp"

#include "base/error.hpp"
#include "runner_fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

using namespace weir::engine;
using namespace weir::engine::testing;
using weir::base::TempDir;
using Kind = TaskFailure::Kind;
using Status = TaskStatus;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TaskCallbacks with_strategy(Run& run, FailureDecision decision) {
  TaskCallbacks callbacks = run.keep();
  callbacks.on_failure = [decision](const TaskFailure&) { return decision; };
  return callbacks;
}

/// Runs one task to its failure and returns what the run reports.
RunFailure failure_of(Run& run, TaskSpec spec) {
  run.submit(std::move(spec));
  run.go();
  REQUIRE(run.failure.has_value());
  REQUIRE(run.results.size() == 1);
  CHECK(run.results[0].status == Status::failed);
  return *run.failure;
}

}  // namespace

TEST_SUITE("task failures") {
  TEST_CASE("a failing task ends the run with a report of all a user needs") {
    const TempDir dir;
    Run run(dir.path());
    const RunFailure failure =
        failure_of(run, run.spec("echo some output; echo some error >&2; exit 3"));
    CHECK(failure.first.kind == Kind::exit_status);
    CHECK(failure.first.exit_status == 3);
    for (const char* part :
         {"Error executing process > 'P (1)'", "terminated with an error exit status (3)",
          "Command exit status:\n  3", "some output", "some error", "Work dir:", "Tip:"})
      CHECK(has(failure.report, part));
  }

  TEST_CASE("a missing output fails the task although its status was good") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("true");
    spec.path_outputs = {output({"result.txt"})};
    const RunFailure failure = failure_of(run, std::move(spec));
    CHECK(failure.first.kind == Kind::missing_output);
    CHECK(has(failure.report, "Missing output file(s) `result.txt` expected by process `P (1)`"));
  }

  TEST_CASE("a command that is not there, a signal and a missing interpreter are told apart") {
    const TempDir dir;
    Run missing(dir.path());
    CHECK(failure_of(missing, missing.spec("no-such-command-xyz")).first.exit_status == 127);
    Run killed(dir.path());
    CHECK(failure_of(killed, killed.spec("kill -KILL $$")).first.exit_status == 137);
    Run interpreter(dir.path());
    const RunFailure failure =
        failure_of(interpreter, interpreter.spec("#!/no/such/interpreter\ntrue"));
    CHECK(failure.first.kind == Kind::cannot_start);
    CHECK(has(failure.report, "/no/such/interpreter"));
  }

  TEST_CASE("a task longer than its time is stopped with all it started") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("sleep 300 & sleep 300");
    spec.resources.time = std::chrono::milliseconds(200);
    const RunFailure failure = failure_of(run, std::move(spec));
    CHECK(failure.first.kind == Kind::timed_out);
    CHECK(failure.first.exit_status == -1);
    CHECK(has(failure.report, "Process exceeded running time limit (200ms)"));
  }

  TEST_CASE("what a finished task left running is stopped, too") {
    const TempDir dir;
    Run run(dir.path());
    run.submit(run.spec("sleep 300 > /dev/null 2>&1 & disown"));
    run.go();  // idle only when its tree is empty
    CHECK(run.results.size() == 1);
    CHECK(run.results[0].status == Status::completed);
  }

  TEST_CASE("more than the machine has is refused at once") {
    const TempDir dir;
    Run run(dir.path(), false, 2);
    TaskSpec spec = run.spec("true");
    spec.resources.cpus = 64;
    const RunFailure failure = failure_of(run, std::move(spec));
    CHECK(failure.first.kind == Kind::refused);
    CHECK(has(failure.report, "exceeds available CPUs -- req: 64; avail: 2"));
  }

  TEST_CASE("an exec block that throws fails its task with the message") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("");
    spec.native = [](const std::string&) -> std::string {
      throw std::runtime_error("wrong value");
    };
    const RunFailure failure = failure_of(run, std::move(spec));
    CHECK(failure.first.kind == Kind::native);
    CHECK(has(failure.report, "wrong value"));
  }

  TEST_CASE("an input collision and a closed gate say what they are about") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("true");
    spec.inputs = {{"/a/x", "x"}, {"/b/x", "x"}};
    const RunFailure failure = failure_of(run, std::move(spec));
    CHECK(failure.first.kind == Kind::staging);
    CHECK(has(failure.report, "collision"));

    Run gated(dir.path());
    TaskCallbacks callbacks = gated.keep();
    callbacks.prepare = [](TaskId, const TaskSpec&, const std::function<void(Prepared)>& proceed) {
      proceed({.failure = "gate `stable`: gave up after 5s", .spec = {}});
    };
    gated.runner.submit(gated.spec("true"), std::move(callbacks));
    gated.go();
    REQUIRE(gated.failure.has_value());
    CHECK(gated.failure->first.kind == Kind::gate);
    CHECK(has(gated.failure->report, "gave up after 5s"));
  }

  TEST_CASE("publishing that fails ends the run, or only warns where the rule says so") {
    for (const bool fatal : {true, false}) {
      for (const PublishMode mode : {PublishMode::symlink, PublishMode::copy}) {
        const TempDir dir;
        weir::base::write_file(dir.path() / "results", "not a folder");
        Run run(dir.path());
        TaskSpec spec = run.spec("echo 1 > a.txt");
        spec.path_outputs = {output({"a.txt"})};
        spec.publish = {{.folder = (dir.path() / "results").native(),
                         .mode = mode,
                         .overwrite = {},
                         .fail_on_error = fatal,
                         .save_as = {}}};
        run.submit(std::move(spec));
        run.go();
        CHECK(run.failure.has_value() == fatal);
        CHECK(run.seen.warnings.size() == (fatal ? 0U : 1U));
        if (fatal) CHECK(has(run.failure->report, "Failed to publish file"));
      }
    }
  }
}

TEST_SUITE("error strategies") {
  TEST_CASE("terminate stops running tasks and gives up waiting ones") {
    const TempDir dir;
    Run run(dir.path(), false, 2);
    run.submit(run.spec("exit 1", 1));
    for (int i = 2; i <= 9; ++i) run.submit(run.spec("sleep 300", i));
    run.go();
    CHECK(run.results.size() == 9);
    std::size_t aborted = 0;
    for (const TaskResult& result : run.results)
      aborted += result.status == Status::aborted ? 1 : 0;
    CHECK(aborted == 8);
  }

  TEST_CASE("only the first failure is reported") {
    const TempDir dir;
    Run run(dir.path(), false, 2);
    std::size_t reports = 0;
    run.runner.on_run_failure([&](const RunFailure&) { ++reports; });
    for (int i = 1; i <= 6; ++i) run.submit(run.spec("exit 1", i));
    run.go();
    CHECK(reports == 1);
    CHECK(run.results.size() == 6);
  }

  TEST_CASE("finish lets running tasks end and starts no more") {
    const TempDir dir;
    Run run(dir.path(), false, 2);
    const std::string flag = (dir.path() / "flag").native();
    // The first waits for the second's failure, then ends well.
    run.submit(run.spec("while [ ! -e " + flag + " ]; do sleep 0.01; done", 1));
    TaskCallbacks callbacks = run.keep();
    callbacks.on_failure = [&](const TaskFailure&) {
      weir::base::write_file(flag, "");
      return FailureDecision{.strategy = ErrorStrategy::finish};
    };
    run.runner.submit(run.spec("exit 1", 2), std::move(callbacks));
    for (int i = 3; i <= 5; ++i) {
      TaskSpec wide = run.spec("true", i);
      wide.resources.cpus = 2;  // must wait for the first
      run.submit(std::move(wide));
    }
    run.go();
    REQUIRE(run.results.size() == 5);
    std::size_t completed = 0;
    std::size_t aborted = 0;
    for (const TaskResult& result : run.results) {
      completed += result.status == Status::completed ? 1 : 0;
      aborted += result.status == Status::aborted ? 1 : 0;
    }
    CHECK(completed == 1);
    CHECK(aborted == 3);
  }

  TEST_CASE("ignore reports the task as ignored and the run goes on") {
    const TempDir dir;
    Run run(dir.path());
    run.runner.submit(run.spec("exit 1"), with_strategy(run, {.strategy = ErrorStrategy::ignore}));
    run.submit(run.spec("true", 2));
    run.go();
    CHECK_FALSE(run.failure.has_value());
    CHECK(run.results.size() == 2);
    CHECK(run.seen.count(TaskEvent::Kind::ignored) == 1);
    CHECK(run.seen.count(TaskEvent::Kind::completed) == 1);
  }

  TEST_CASE("retry runs again in a new directory, with what the next attempt asks for") {
    const TempDir dir;
    Run run(dir.path());
    TaskCallbacks callbacks =
        with_strategy(run, {.strategy = ErrorStrategy::retry, .max_retries = 3});
    std::vector<std::string> folders;
    callbacks.next_attempt = [&](int attempt, const TaskFailure& previous) {
      CHECK(attempt == previous.attempt + 1);
      CHECK(previous.exit_status == previous.attempt);
      folders.push_back(previous.work_dir);
      TaskSpec next =
          run.spec(attempt < 3 ? "exit " + std::to_string(attempt) : "echo third > out.txt");
      next.path_outputs = {output({"out.txt"})};
      return next;
    };
    TaskSpec first = run.spec("exit 1");
    first.path_outputs = {output({"out.txt"})};
    run.runner.submit(std::move(first), std::move(callbacks));
    run.go();
    CHECK_FALSE(run.failure.has_value());
    REQUIRE(run.results.size() == 1);
    CHECK(run.results[0].status == Status::completed);
    CHECK(folders.size() == 2);
    CHECK(folders[0] != folders[1]);
    CHECK(folders[1] != run.results[0].work_dir);
    CHECK(run.seen.lines ==
          std::vector<std::string>{
              "Submitted process > P (1)",
              "NOTE: Process `P (1)` terminated with an error exit status (1) -- Execution is "
              "retried (1)",
              "Re-submitted process > P (1)",
              "NOTE: Process `P (1)` terminated with an error exit status (2) -- Execution is "
              "retried (2)",
              "Re-submitted process > P (1)"});
  }

  TEST_CASE("a task that used up its retries ends the run") {
    const TempDir dir;
    Run run(dir.path());
    TaskCallbacks callbacks =
        with_strategy(run, {.strategy = ErrorStrategy::retry, .max_retries = 2});
    callbacks.next_attempt = [&](int, const TaskFailure&) { return run.spec("exit 5"); };
    run.runner.submit(run.spec("exit 5"), std::move(callbacks));
    run.go();
    REQUIRE(run.failure.has_value());
    CHECK(run.failure->first.attempt == 3);
    CHECK(run.seen.count(TaskEvent::Kind::failed) == 3);
    CHECK(run.results.size() == 1);
  }

  TEST_CASE("an error strategy that itself fails ends the run and is told") {
    const TempDir dir;
    Run run(dir.path());
    TaskCallbacks callbacks = run.keep();
    callbacks.on_failure = [](const TaskFailure&) -> FailureDecision {
      throw std::runtime_error("no such variable: foo");
    };
    run.runner.submit(run.spec("exit 1"), std::move(callbacks));
    run.go();
    REQUIRE(run.failure.has_value());
    CHECK(has(run.failure->report, "no such variable: foo"));
  }

  TEST_CASE("cancelling ends everything, also what ignores TERM, and later tasks are not begun") {
    const TempDir dir;
    Run run(dir.path(), false, 2);
    run.submit(run.spec(
        "trap '' TERM; touch " + (dir.path() / "up").native() + "; while :; do sleep 300; done",
        1));
    for (int i = 2; i <= 6; ++i) run.submit(run.spec("sleep 300", i));
    while (!weir::base::file_info(dir.path() / "up")) run.loop.poll();
    run.runner.cancel_all();
    run.submit(run.spec("true", 7));
    run.go();
    CHECK(run.runner.is_idle());
    REQUIRE(run.results.size() == 7);
    for (const TaskResult& result : run.results) CHECK(result.status == Status::aborted);
    CHECK_FALSE(run.failure.has_value());
  }

  TEST_CASE("a lost host fails the running tasks") {
    const TempDir dir;
    Run run(dir.path());
    run.host.on_lost([&] { run.runner.host_lost(); });
    run.submit(run.spec("touch " + (dir.path() / "up").native() + "; sleep 300"));
    while (!weir::base::file_info(dir.path() / "up")) run.loop.poll();
    ::kill(run.host.pid(), SIGKILL);
    run.go();
    REQUIRE(run.failure.has_value());
    CHECK(run.failure->first.kind == Kind::cannot_start);
    CHECK(run.results.size() == 1);
  }
}
