#pragma once

#include "compose/run_control.hpp"
#include "output.hpp"
#include "runs/run_log.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace weir::app {

/// Where a run's words go: to the user's streams as far as they are wanted there, and always into
/// the logs of its folder, in the order they were written.
class RunOutput {
 public:
  RunOutput(Context& context, const RunControl& control);
  ~RunOutput();
  RunOutput(const RunOutput&) = delete;
  RunOutput& operator=(const RunOutput&) = delete;

  [[nodiscard]] Output& out() { return *out_; }
  [[nodiscard]] Output& err() { return *err_; }

  /// From now on copied into the logs of this folder.
  void open_log(const std::filesystem::path& folder);
  /// Prints the run's events as NDJSON from a thread of its own, so that a slow reader of standard
  /// output holds up nothing.
  void start_events(const std::filesystem::path& state_dir, const std::string& id);
  /// Waits until they are all printed, or the reader has gone.
  void finish_events();
  /// Everything to the streams and the logs.
  void flush();
  /// `told` runs, on whatever thread writes, when the first words since the last flush wait for the
  /// next; an empty function ends that.
  void when_waiting(std::function<void()> told);
  /// The terminal has gone: from now on into the logs alone.
  void forget_terminal();

 private:
  void copy(runs::Stream stream, std::string_view text);
  void flush_log();
  void begin_log();

  Context& context_;
  Output nowhere_{-1};
  Output* out_;
  Output* err_;
  std::filesystem::path folder_;
  std::optional<runs::RunLog> log_;
  runs::Stream waiting_stream_ = runs::Stream::out;
  std::string waiting_;
  std::thread events_;
  std::atomic<bool> stop_events_{false};
};

}  // namespace weir::app
