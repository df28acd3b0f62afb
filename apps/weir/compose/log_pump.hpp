#pragma once

#include "command.hpp"
#include "compose/run_control.hpp"

#include <atomic>
#include <filesystem>
#include <thread>

namespace weir::app {

/// Prints what an external engine writes into its logs while it runs: standard output to standard
/// output, errors to standard error. On a thread of its own, so that a reader who does not read
/// holds up nothing.
class LogPump {
 public:
  LogPump(Context& context, std::filesystem::path folder, const RunControl& control);
  ~LogPump();
  LogPump(const LogPump&) = delete;
  LogPump& operator=(const LogPump&) = delete;
  /// The engine has ended: prints the rest.
  void finish();

 private:
  void work();

  Context& context_;
  std::filesystem::path folder_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace weir::app
