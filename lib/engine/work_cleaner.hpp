#pragma once

#include "base/thread_pool.hpp"
#include "engine/process_node.hpp"
#include "engine/task_observer.hpp"

#include <set>
#include <string>
#include <vector>

namespace weir::engine {

/// Removes task directories when nothing needs them any more; only where a run asks for it
/// (`cleanup`).
///
/// At the end of a run that succeeded all of its directories go. `eager`: those of a process go as
/// soon as everything that its outputs can reach has ended and its files are published. Directories
/// that published links point into stay, and with them all that they were made of. The record goes
/// first, so a later resume never takes what is no longer there: it runs such tasks again.
class WorkCleaner final : public TaskObserver {
 public:
  enum class When { at_end, eager };
  explicit WorkCleaner(When when) : when_(when) {}

  void on_task(const TaskEvent& event) override;
  /// `eager`: looks which processes have become unneeded. `published`: nothing is being copied at
  /// the moment.
  void sweep(const std::vector<ProcessNode*>& nodes, bool published);
  /// At the end of a run that succeeded: whatever no published link needs. Waits for the removals.
  void finish(const std::vector<ProcessNode*>& nodes);

 private:
  struct Process {
    std::vector<std::string> directories;
    bool linked = false;  ///< published by symbolic links
    bool gone = false;
  };
  void remove(Process& process);
  void remove_unneeded(const std::vector<ProcessNode*>& nodes);

  When when_;
  std::vector<Process> processes_;  ///< by ProcessId
  std::size_t finished_seen_ = 0;   ///< nodes, when they were last looked through
  base::ThreadPool pool_{1};
};

}  // namespace weir::engine
