#pragma once

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "engine/run_listener.hpp"
#include "engine/script_host.hpp"
#include "engine/session.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace weir::engine::test {

/// Runs whole pipelines in a folder of its own, with real tasks, and keeps what they say.
class PipelineFixture final : public RunListener {
 public:
  PipelineFixture() {
    settings.launch_dir = folder.path().string();
    settings.script = "main.nf";
    settings.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nowhere"};
  }

  void write(const std::string& name, const std::string& text) {
    base::make_folders((folder.path() / name).parent_path());
    base::write_file(folder.path() / name, text);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    return base::try_read_file(folder.path() / name).value_or("(no file)");
  }

  /// Prepares and runs `main.nf`; what `prepare` throws is the failure, too.
  RunOutcome run(const std::string& script) {
    write("main.nf", script);
    return run();
  }
  RunOutcome run() {
    printed.clear();
    lines.clear();
    logged.clear();
    base::EventLoop loop;
    Session session(loop, settings, *this, "11111111-2222-4333-8444-555555555555");
    try {
      session.prepare();
    } catch (const ScriptExit& exit) {
      RunOutcome outcome;
      outcome.kind = RunOutcome::Kind::script_exit;
      outcome.exit_status = exit.status();
      outcome.error = exit.what();
      return outcome;
    } catch (const Error& error) {
      RunOutcome outcome;
      outcome.kind = RunOutcome::Kind::failed;
      outcome.failure = error.kind();
      outcome.error = error.what();
      return outcome;
    }
    return session.execute();
  }
  /// How many log lines hold `text`.
  [[nodiscard]] int count(const std::string& text) const {
    int found = 0;
    for (const std::string& line : lines) found += line.find(text) == std::string::npos ? 0 : 1;
    return found;
  }
  /// The printed lines, sorted.
  [[nodiscard]] std::vector<std::string> sorted() const;

  void on_task(const TaskEvent& event) override {
    const std::string line = log_line(event);
    if (!line.empty()) lines.push_back(line);
  }
  void on_task_output(const TaskEvent&, std::string_view text) override { printed += text; }
  void on_print(std::string_view text) override { printed += text; }
  void on_print_error(std::string_view text) override { logged += text; }
  void on_log(lang::LogLevel, std::string_view text) override {
    logged += std::string(text) + "\n";
  }

  base::TempDir folder;
  RunSettings settings;
  std::string printed;
  std::string logged;
  std::vector<std::string> lines;
};

inline std::vector<std::string> PipelineFixture::sorted() const {
  std::vector<std::string> result;
  std::string line;
  for (const char c : printed) {
    if (c != '\n') {
      line += c;
      continue;
    }
    result.push_back(line);
    line.clear();
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace weir::engine::test
