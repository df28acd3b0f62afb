#pragma once

#include "command.hpp"
#include "jobs/job_store.hpp"
#include "runs/run_log.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace weir::app {

struct LogPrint {
  runs::RunLogReader::Which which = runs::RunLogReader::Which::both;
  jobs::Cursor from;
  bool follow = false;
  bool raw = false;         ///< the very bytes; else harmless for a terminal
  bool timestamps = false;  ///< before each line, about when it was written
  bool silent = false;      ///< read nothing, only wait for the end
};

/// Prints a run's logs, both of them to standard output in the order they were written; with
/// `follow` until the job has ended and everything is printed. The position reached, for --after.
[[nodiscard]] jobs::Cursor print_logs(Context& context, jobs::JobStore& store,
                                      const std::string& id, const LogPrint& options,
                                      const std::atomic<bool>& stop);

}  // namespace weir::app
