#pragma once

#include "compose/run_console.hpp"
#include "engine/run_listener.hpp"

#include <string_view>

namespace weir::runs {
class Journal;
}  // namespace weir::runs

namespace weir::app {

/// Passes on what a native run tells to its console, and its tasks and errors to its journal.
class JournalListener final : public engine::RunListener {
 public:
  /// Both outlive it; `journal` may be set later (before it, only the console hears).
  explicit JournalListener(engine::RunListener& console) : console_(console) {}
  void write_to(runs::Journal* journal) { journal_ = journal; }

  void on_task(const engine::TaskEvent& event) override;
  void on_task_output(const engine::TaskEvent& event, std::string_view text) override;
  void on_warning(std::string_view text) override;
  void on_print(std::string_view text) override;
  void on_print_error(std::string_view text) override;
  void on_log(lang::LogLevel level, std::string_view text) override;
  void on_pause() override { console_.on_pause(); }

 private:
  engine::RunListener& console_;
  runs::Journal* journal_ = nullptr;
};

}  // namespace weir::app
