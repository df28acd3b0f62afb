#pragma once

#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process_host.hpp"
#include "base/thread_pool.hpp"
#include "engine/task_key.hpp"
#include "engine/task_observer.hpp"
#include "engine/task_runner.hpp"

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine::testing {

/// Keeps what a runner tells.
class Recorder : public TaskObserver {
 public:
  void on_task(const TaskEvent& event) override {
    const std::string line = log_line(event);
    // Hashes differ from run to run.
    if (!line.empty()) lines.push_back(line.substr(line.find(']') + 2));
    kinds.push_back(event.kind);
  }
  void on_task_output(const TaskEvent&, std::string_view text) override { output += text; }
  void on_warning(std::string_view text) override { warnings.emplace_back(text); }
  [[nodiscard]] std::size_t count(TaskEvent::Kind kind) const {
    std::size_t number = 0;
    for (const TaskEvent::Kind one : kinds) number += one == kind ? 1 : 0;
    return number;
  }

  std::vector<std::string> lines;
  std::vector<TaskEvent::Kind> kinds;
  std::vector<std::string> warnings;
  std::string output;
};

/// One run with real processes in a directory of its own. Members in the order in which they must
/// go.
class Run {
 public:
  explicit Run(const base::fs::path& folder, bool resume = false, double cpus = 2)
      : host(loop, {.grace = std::chrono::milliseconds(500), .token = ""}),
        pool(2),
        runner(loop, host, pool, options(folder, resume, cpus)) {
    runner.add_observer(seen);
    runner.on_run_failure([this](const RunFailure& one) { failure = one; });
    runner.on_idle([this] { loop.stop(); });
    process = runner.add_process({.name = "P", .max_forks = 0});
  }

  static RunnerOptions options(const base::fs::path& folder, bool resume, double cpus) {
    RunnerOptions all;
    all.work_dir = (folder / "work").native();
    all.temp_dir = "/tmp";
    all.run_id = "run";
    all.resume = resume;
    all.cpus = cpus;
    all.environment = {"PATH=/usr/bin:/bin"};
    all.kill_grace = std::chrono::milliseconds(500);
    return all;
  }

  [[nodiscard]] TaskSpec spec(const std::string& script, std::int64_t index = 1) const {
    TaskSpec one;
    one.process = process;
    one.index = index;
    one.name = "P (" + std::to_string(index) + ")";
    one.script = script;
    one.key = {text_part("process", "P"), text_part("script", script),
               text_part("index", std::to_string(index))};
    return one;
  }

  /// Keeps results in the order in which they come.
  TaskCallbacks keep() {
    TaskCallbacks callbacks;
    callbacks.completed = [this](TaskResult result) { results.push_back(std::move(result)); };
    return callbacks;
  }
  void submit(TaskSpec one) { runner.submit(std::move(one), keep()); }
  void go() { loop.run(); }

  base::EventLoop loop;
  base::ProcessHost host;
  base::ThreadPool pool;
  Recorder seen;
  TaskRunner runner;
  ProcessId process = 0;
  std::vector<TaskResult> results;
  std::optional<RunFailure> failure;
};

inline PathOutput output(std::vector<std::string> patterns) {
  return {.patterns = std::move(patterns), .type = {}, .arity = {}};
}

}  // namespace weir::engine::testing
