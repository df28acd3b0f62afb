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

/// Remembers the end of every task and writes `-with-report` and `-with-timeline`: HTML pages
/// without scripts, readable without a network.
class RunReport final : public TaskObserver {
 public:
  void on_task(const TaskEvent& event) override;
  /// A summary and a table of all tasks. Throws Error when the file cannot be written.
  void write_report(const std::string& path, const ReportFacts& facts) const;
  /// A bar for each task, from its submission to its end. Throws Error.
  void write_timeline(const std::string& path, const ReportFacts& facts) const;

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

/// Writes the graph of operators and processes: `.dot` Graphviz, `.mmd` Mermaid, anything else an
/// HTML page with the Mermaid text. Throws Error.
void write_graph(const dataflow::Graph& graph, const std::string& path, const std::string& title);

}  // namespace weir::engine
