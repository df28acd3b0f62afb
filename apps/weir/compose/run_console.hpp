#pragma once

#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/run_board.hpp"
#include "engine/run_listener.hpp"
#include "output.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::app {

/// Appends upstream-style lines ("Jan-31 12:00:00.123 [main] INFO  nextflow.Session - text") to a
/// file; the file of the run before is kept as FILE.1, and so on up to FILE.9.
class UpstreamLog {
 public:
  /// Throws Error when the file cannot be written.
  explicit UpstreamLog(const std::string& path);
  void line(std::string_view level, std::string_view logger, std::string_view text);

 private:
  std::string path_;
  base::Fd file_;
};

/// Prints what a run says.
class RunConsole final : public engine::RunListener {
 public:
  /// `log` may be null. What one turn of `loop` prints goes out at the turn's end.
  RunConsole(base::EventLoop& loop, Output& out, Output& err, RunStyle style, bool quiet,
             UpstreamLog* log)
      : loop_(loop),
        out_(out),
        err_(err),
        remarks_(style == RunStyle::upstream ? out : err),
        errors_(style == RunStyle::upstream ? out : err),
        quiet_(quiet),
        log_(log) {}

  void on_task(const engine::TaskEvent& event) override;
  void on_task_output(const engine::TaskEvent& event, std::string_view text) override;
  void on_print(std::string_view text) override;
  void on_print_error(std::string_view text) override;
  void on_log(lang::LogLevel level, std::string_view text) override;
  void on_pause() override;

  /// Called before each task's start is told, on the loop's thread.
  void before_task(std::function<void()> handler) { before_task_ = std::move(handler); }

  /// Shows the tasks live instead of by lines, where remarks go to a terminal; nothing with
  /// `quiet`.
  void begin_live();
  /// Leaves the last picture standing.
  void end_live() { board_.reset(); }

  /// A remark of the run itself; nothing with `quiet`.
  void remark(std::string_view text);
  /// The failure that ended the run.
  void error(std::string_view text);

  struct Counts {
    std::int64_t completed = 0;
    std::int64_t cached = 0;
    std::int64_t failed = 0;
    std::int64_t ignored = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  void to_stream(Output& stream, std::string_view text);

  std::unique_ptr<RunBoard> board_;
  base::EventLoop& loop_;
  Output& out_;
  Output& err_;
  Output& remarks_;
  Output& errors_;
  bool quiet_;
  UpstreamLog* log_;
  Output* pending_ = nullptr;  ///< holds text that is not written yet; the other one holds none
  bool flush_posted_ = false;
  std::function<void()> before_task_;
  Counts counts_;
};

}  // namespace weir::app
