#include "engine/task_runner.hpp"

#include "base/error.hpp"
#include "runner_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace weir::engine;
using namespace weir::engine::testing;
using weir::base::read_file;
using weir::base::TempDir;

TEST_SUITE("task runner") {
  TEST_CASE("a task runs in its own directory and its outputs, text and status come back") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("echo to stdout; echo to stderr >&2; pwd > where.txt");
    spec.path_outputs = {output({"*.txt"})};
    spec.stdout_output = true;
    run.submit(std::move(spec));
    run.go();
    REQUIRE(run.results.size() == 1);
    const TaskResult& result = run.results[0];
    CHECK(result.status == TaskStatus::completed);
    CHECK(result.exit_status == 0);
    CHECK(result.stdout_text == "to stdout\n");
    CHECK(result.paths[0].names == std::vector<std::string>{"where.txt"});
    CHECK(read_file(result.output_dir + "/where.txt") == result.work_dir + "\n");
    CHECK(read_file(result.work_dir + "/.command.err") == "to stderr\n");
    CHECK(read_file(result.work_dir + "/.exitcode") == "0");
    CHECK(result.usage.complete_ms >= result.usage.start_ms);
    CHECK(result.usage.peak_rss_bytes > 0);
    CHECK(run.seen.lines == std::vector<std::string>{"Submitted process > P (1)"});
    CHECK(run.runner.is_idle());
  }

  TEST_CASE("standard input, environment and another interpreter reach the task") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("#!/bin/sh\nread line; echo \"$line $GREETING $NXF_TASK_WORKDIR\"");
    spec.stdin_text = "typed\n";
    spec.environment["GREETING"] = "hello";
    spec.stdout_output = true;
    run.submit(std::move(spec));
    run.go();
    REQUIRE(run.results.size() == 1);
    CHECK(run.results[0].stdout_text == "typed hello " + run.results[0].work_dir + "\n");
  }

  TEST_CASE("debug output, env and eval values are handed over") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("echo shown; X=5");
    spec.debug = true;
    spec.env_outputs = {"X"};
    spec.eval_outputs = {{"e", "echo 6"}};
    run.submit(std::move(spec));
    run.go();
    REQUIRE(run.results.size() == 1);
    CHECK(run.seen.output == "shown\n");
    CHECK(run.results[0].env[0] == "5");
    CHECK(run.results[0].eval[0] == "6");
  }

  TEST_CASE("no more tasks run at once than there are cpus, or than maxForks allows") {
    const TempDir dir;
    Run run(dir.path(), false, 3);
    const ProcessId single = run.runner.add_process({.name = "S", .max_forks = 1});
    // Each task notes how many tasks of its process are in between their begin and end.
    const std::string folder = dir.path().native();
    for (int i = 1; i <= 12; ++i) {
      TaskSpec spec = run.spec(
          "f=" + folder + "/all.$$; touch $f; ls -d " + folder + "/all.* | wc -l > n; rm $f", i);
      spec.path_outputs = {output({"n"})};
      run.submit(std::move(spec));
      TaskSpec lone = run.spec(
          "f=" + folder + "/one.$$; touch $f; ls -d " + folder + "/one.* | wc -l > n; rm $f",
          100 + i);
      lone.process = single;
      lone.path_outputs = {output({"n"})};
      run.submit(std::move(lone));
    }
    run.go();
    REQUIRE(run.results.size() == 24);
    for (const TaskResult& result : run.results) {
      const int together = std::stoi(read_file(result.output_dir + "/n"));
      CHECK(together <= 3);
    }
    for (TaskEvent::Kind kind : run.seen.kinds) CHECK(kind != TaskEvent::Kind::failed);
  }

  TEST_CASE("a process has room until many of its tasks wait, and says when it has again") {
    const TempDir dir;
    Run run(dir.path(), false, 1);
    std::size_t room_calls = 0;
    run.runner.on_room([&](ProcessId process) {
      CHECK(process == run.process);
      ++room_calls;
    });
    std::int64_t submitted = 0;
    while (run.runner.has_room(run.process)) run.submit(run.spec("true", ++submitted));
    CHECK(static_cast<std::size_t>(submitted) == TaskRunner::k_pending_per_process_max);
    run.go();
    CHECK(run.results.size() == static_cast<std::size_t>(submitted));
    CHECK(run.runner.has_room(run.process));
    CHECK(room_calls > 0);
  }

  TEST_CASE("published files are there before the result is told") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("echo 1 > a.txt; echo 2 > b.txt");
    spec.path_outputs = {output({"*.txt"})};
    spec.publish = {{.folder = (dir.path() / "links").native(), .overwrite = {}, .save_as = {}},
                    {.folder = (dir.path() / "copies").native(),
                     .mode = PublishMode::copy,
                     .overwrite = {},
                     .save_as = [](const std::string& name) { return "x_" + name; }}};
    TaskCallbacks callbacks;
    callbacks.completed = [&](TaskResult result) {
      CHECK(read_file(dir.path() / "links" / "a.txt") == "1\n");
      run.results.push_back(std::move(result));
    };
    run.runner.submit(std::move(spec), std::move(callbacks));
    run.go();
    CHECK(run.results.size() == 1);
    CHECK(read_file(dir.path() / "copies" / "x_b.txt") == "2\n");
  }

  TEST_CASE("a native task runs on the loop in its directory") {
    const TempDir dir;
    Run run(dir.path());
    TaskSpec spec = run.spec("");
    spec.native = [](const std::string& work_dir) {
      weir::base::write_file(work_dir + "/made", "here");
      return std::string("its context");
    };
    spec.path_outputs = {output({"made"})};
    run.submit(std::move(spec));
    run.go();
    REQUIRE(run.results.size() == 1);
    CHECK(run.results[0].status == TaskStatus::completed);
    CHECK(read_file(run.results[0].output_dir + "/made") == "here");
    CHECK(run.results[0].context == "its context");
  }

  TEST_CASE("a gate holds a task back, and may say late what to run") {
    const TempDir dir;
    Run run(dir.path());
    TaskCallbacks callbacks = run.keep();
    std::function<void(Prepared)> open_gate;
    callbacks.prepare = [&](TaskId, const TaskSpec&, std::function<void(Prepared)> proceed) {
      open_gate = std::move(proceed);
      run.submit(run.spec("true", 2));  // the gated one does not hold this one back
    };
    TaskSpec gated = run.spec("echo early", 1);
    gated.stdout_output = true;
    run.runner.submit(std::move(gated), std::move(callbacks));
    run.runner.on_idle([&] { run.loop.stop(); });
    while (run.results.empty()) run.loop.poll();
    CHECK(run.results[0].exit_status == 0);
    Prepared answer;
    answer.spec = run.spec("echo late", 1);
    answer.spec->stdout_output = true;
    open_gate(std::move(answer));
    open_gate({});  // a second answer changes nothing
    run.go();
    REQUIRE(run.results.size() == 2);
    CHECK(run.results[1].stdout_text == "late\n");
  }

  TEST_CASE("two identical tasks get a directory each") {
    const TempDir dir;
    Run run(dir.path());
    run.submit(run.spec("true"));
    run.submit(run.spec("true"));
    run.go();
    REQUIRE(run.results.size() == 2);
    CHECK(run.results[0].work_dir != run.results[1].work_dir);
  }
}

TEST_SUITE("task runner resume") {
  constexpr int k_tasks = 5;

  void run_all(Run & run, const std::string& script = "echo $NXF_TASK_WORKDIR > out.txt") {
    for (int i = 1; i <= k_tasks; ++i) {
      TaskSpec spec = run.spec(script, i);
      spec.path_outputs = {output({"out.txt"})};
      run.submit(std::move(spec));
    }
    run.go();
  }

  TEST_CASE("finished tasks come from their directories, in any later run") {
    const TempDir dir;
    {
      Run first(dir.path());
      run_all(first);
      CHECK(first.seen.count(TaskEvent::Kind::completed) == k_tasks);
    }
    for (int round = 0; round < 2; ++round) {
      Run again(dir.path(), true);
      run_all(again);
      CHECK(again.seen.count(TaskEvent::Kind::cached) == k_tasks);
      CHECK(again.seen.count(TaskEvent::Kind::submitted) == 0);
      for (const TaskResult& result : again.results) {
        CHECK(result.status == TaskStatus::cached);
        CHECK(read_file(result.output_dir + "/out.txt") == result.work_dir + "\n");
      }
    }
  }

  TEST_CASE("without resume everything runs again in directories of its own") {
    const TempDir dir;
    for (int round = 0; round < 2; ++round) {
      Run run(dir.path());
      run_all(run);
      CHECK(run.seen.count(TaskEvent::Kind::completed) == k_tasks);
    }
  }

  TEST_CASE("only what changed runs again: script, input file, missing output, cache off") {
    const TempDir dir;
    const std::string input = (dir.path() / "input").native();
    weir::base::write_file(input, "1");
    const auto count_runs = [&](const std::string& script, CacheMode cache) {
      Run run(dir.path(), true);
      TaskSpec spec = run.spec(script);
      KeyText value;
      value.add_file(input);
      spec.key.push_back(value.finish("input x"));
      spec.cache = cache;
      spec.path_outputs = {output({"out.txt"})};
      run.submit(std::move(spec));
      run.go();
      REQUIRE(run.results.size() == 1);
      const std::size_t ran = run.seen.count(TaskEvent::Kind::completed);
      return std::pair(ran, run.results[0].work_dir);
    };
    const std::string script = "echo 1 > out.txt";
    CHECK(count_runs(script, CacheMode::standard).first == 1);
    CHECK(count_runs(script, CacheMode::standard).first == 0);
    CHECK(count_runs(script, CacheMode::off).first == 1);
    CHECK(count_runs(script + " # changed", CacheMode::standard).first == 1);
    weir::base::write_file(input, "22");
    const auto after = count_runs(script, CacheMode::standard);
    CHECK(after.first == 1);
    weir::base::remove_file(after.second + "/out.txt");
    CHECK(count_runs(script, CacheMode::standard).first == 1);
    CHECK(count_runs(script, CacheMode::standard).first == 0);
  }

  TEST_CASE("a cached task is published again where its files are missing") {
    const TempDir dir;
    for (int round = 0; round < 2; ++round) {
      Run run(dir.path(), true);
      TaskSpec spec = run.spec("echo 1 > a.txt");
      spec.path_outputs = {output({"a.txt"})};
      spec.publish = {{.folder = (dir.path() / "results").native(),
                       .mode = PublishMode::copy,
                       .overwrite = {},
                       .save_as = {}}};
      run.submit(std::move(spec));
      run.go();
      CHECK(read_file(dir.path() / "results" / "a.txt") == "1\n");
      weir::base::remove_file(dir.path() / "results" / "a.txt");
    }
  }

  TEST_CASE("a gate is not asked for a task that comes from the cache") {
    const TempDir dir;
    int asked = 0;
    for (int round = 0; round < 2; ++round) {
      Run run(dir.path(), true);
      TaskCallbacks callbacks = run.keep();
      callbacks.prepare = [&](TaskId, const TaskSpec&,
                              const std::function<void(Prepared)>& proceed) {
        ++asked;
        proceed({});
      };
      run.runner.submit(run.spec("true"), std::move(callbacks));
      run.go();
      CHECK(run.results.size() == 1);
    }
    CHECK(asked == 1);
  }

  TEST_CASE("two runs in one work directory finish both, each in its own directories") {
    const TempDir dir;
    Run first(dir.path());
    Run second(dir.path());
    for (int i = 1; i <= 10; ++i) {
      first.submit(first.spec("sleep 0.01; echo $NXF_TASK_WORKDIR > out.txt", i));
      second.submit(second.spec("sleep 0.01; echo $NXF_TASK_WORKDIR > out.txt", i));
    }
    first.runner.on_idle([] {});
    second.runner.on_idle([] {});
    while (!first.runner.is_idle() || !second.runner.is_idle()) {
      first.loop.poll();
      second.loop.poll();
    }
    std::vector<std::string> folders;
    for (const Run* run : {&first, &second}) {
      for (const TaskResult& result : run->results) {
        CHECK(read_file(result.work_dir + "/out.txt") == result.work_dir + "\n");
        folders.push_back(result.work_dir);
      }
    }
    CHECK(folders.size() == 20);
    std::sort(folders.begin(), folders.end());
    CHECK(std::adjacent_find(folders.begin(), folders.end()) == folders.end());
  }
}
