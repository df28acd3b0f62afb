#pragma once

#include "engine/task_observer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::dataflow {
class Graph;
}

namespace weir::engine {

/// What a report says about the run as a whole.
struct ReportFacts {
  std::string run_name;
  std::string command_line;
  std::string script;
  std::string work_dir;
  bool success = false;
  std::int64_t start_ms = 0;  ///< wall times since the epoch
  std::int64_t complete_ms = 0;
  std::string error;  ///< empty when it succeeded
};

/// Remembers the end of every task and makes `-with-report` and `-with-timeline`: HTML pages
/// without scripts, readable without a network.
class RunReport final : public TaskObserver {
 public:
  void on_task(const TaskEvent& event) override;
  /// A summary and a table of all tasks.
  [[nodiscard]] std::string report(const ReportFacts& facts) const;
  /// A bar for each task, from its submission to its end.
  [[nodiscard]] std::string timeline(const ReportFacts& facts) const;

 private:
  struct Row {
    std::uint64_t id = 0;
    std::string name;
    std::string hash;
    std::string status;
    int exit_status = -1;
    double cpus = 1;
    std::int64_t memory_bytes = 0;
    TaskUsage usage;
  };
  std::vector<Row> rows_;
};

/// The graph of operators and processes for a file of this name: `.dot` Graphviz, `.mmd` Mermaid,
/// anything else an HTML page with the Mermaid text.
[[nodiscard]] std::string graph_text(const dataflow::Graph& graph, const std::string& file_name,
                                     const std::string& title);

}  // namespace weir::engine
