#pragma once

#include "engine/output_node.hpp"
#include "engine/script_host.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// The `publish:` section of the entry workflow and the `output { }` block: one node for each
/// published channel.
class WorkflowOutputs {
 public:
  /// All outlive the object. `publish` takes files over, at once or in the background.
  WorkflowOutputs(RunContext& run, ScriptHost& host,
                  std::function<void(std::vector<PublishAction>, const std::string&)> publish)
      : run_(run), host_(host), publish_(std::move(publish)) {}

  /// After the entry workflow was wired: adds the nodes. Throws Error (input) with the place of a
  /// setting that is not understood.
  void wire(const lang::OutputDecl& block, const lang::WorkflowDecl& entry,
            lang::Frame& entry_frame);

  [[nodiscard]] bool empty() const { return nodes_.empty(); }
  /// See OutputNode.
  void abandon_indexes() {
    for (OutputNode* const node : nodes_) node->abandon_index();
  }
  /// What was published, as upstream lists it at the end of a run: a text for people, or JSON.
  [[nodiscard]] std::string summary(bool as_json) const;

 private:
  [[nodiscard]] lang::Value header_of(const lang::Directive& directive, const lang::Value& first,
                                      lang::Frame& frame);
  [[nodiscard]] OutputSettings settings_of(const lang::OutputTarget& target,
                                           std::uint32_t frame_size);

  RunContext& run_;
  ScriptHost& host_;
  std::function<void(std::vector<PublishAction>, const std::string&)> publish_;
  std::vector<OutputNode*> nodes_;
};

}  // namespace weir::engine
