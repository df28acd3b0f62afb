#pragma once

#include "dataflow/channel_object.hpp"
#include "engine/process_node.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// Turns calls of processes and workflows in workflow bodies into nodes of the graph
/// (specification 3.1).
///
/// Names: a process that workflow W calls is "W:P"; an alias replaces the simple name. The same
/// name may be called once in one workflow.
class Wiring {
 public:
  Wiring(RunContext& run, TaskSink& sink) : run_(run), sink_(sink) {}
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  /// What the name of a process or workflow stands for in the workflow that is being wired.
  [[nodiscard]] lang::Value process(const lang::ProcessDecl& declaration, std::string_view name);
  [[nodiscard]] lang::Value workflow(const lang::WorkflowDecl& declaration, std::string_view name);

  /// Runs the body of the entry workflow, then `publish`, in which its names still stand for its
  /// processes. The frame stays for the `onComplete` and `onError` sections.
  void run_entry(const lang::WorkflowDecl& entry, lang::Frame& frame,
                 const std::function<void()>& publish);
  /// Runs one process by itself, its inputs taken from the parameters of the same names.
  void run_single(const lang::ProcessDecl& declaration);

  /// All processes called so far, in order.
  [[nodiscard]] const std::vector<std::unique_ptr<ProcessUnit>>& units() const { return units_; }
  [[nodiscard]] const std::vector<ProcessNode*>& nodes() const { return nodes_; }

  // For the objects that scripts hold.

  [[nodiscard]] lang::Value call_process(const lang::ProcessDecl& declaration,
                                         const std::string& name, const std::string& prefix,
                                         std::vector<lang::Value> arguments);
  [[nodiscard]] lang::Value call_workflow(const lang::WorkflowDecl& declaration,
                                          const std::string& name, const std::string& prefix,
                                          const std::vector<lang::Value>& arguments);
  [[nodiscard]] RunContext& run() const { return run_; }

 private:
  /// The workflow that is being wired.
  struct Level {
    std::string prefix;  ///< "A:B:"; empty in the entry workflow
    std::map<std::string, lang::Value, std::less<>> names;
  };

  [[nodiscard]] lang::Value outputs_of(const ProcessNode& node);
  void add_topics(const ProcessNode& node);

  RunContext& run_;
  TaskSink& sink_;
  std::vector<Level> levels_;
  std::vector<std::unique_ptr<ProcessUnit>> units_;
  std::vector<ProcessNode*> nodes_;
};

}  // namespace weir::engine
