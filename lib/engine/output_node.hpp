#pragma once

#include "dataflow/graph.hpp"
#include "engine/output_index.hpp"
#include "engine/publish.hpp"
#include "engine/run_context.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// One output of the `output { }` block, its settings evaluated over those of the configuration
/// (`workflow.output`).
struct OutputSettings {
  std::string name;
  lang::Value path;  ///< folder below the output folder, or a closure; null: the output folder
  PublishMode mode = PublishMode::symlink;
  PublishAction::Existing existing = PublishAction::Existing::compare;
  bool enabled = true;
  bool ignore_errors = false;
  std::optional<OutputIndex> index;
};

/// Where files given with `source >> target` in a path closure go: the run's host hands such pairs
/// to whoever is listening.
using TargetListener = std::function<void(const lang::Value& source, const lang::Value& target)>;

/// Publishes what reaches a workflow output and writes its index file at the end.
///
/// Files from the work directory are published, all others stay where they are. In the index, files
/// are named as published.
class OutputNode final : public dataflow::Node {
 public:
  struct Handlers {
    std::function<void(std::vector<PublishAction>, const std::string& output)> publish;
    std::function<void(TargetListener)> listen;  ///< an empty listener ends it
  };
  OutputNode(dataflow::Graph& graph, RunContext& run, OutputSettings settings,
             dataflow::Place place, Handlers handlers);

  void on_item(dataflow::Port port, lang::Value item) override;
  void on_end(dataflow::Port port) override;
  /// The run fails: an index of a part of what there is must not replace one of all.
  void abandon_index() { index_abandoned_ = true; }

  /// Whether published names point into the work directory.
  [[nodiscard]] bool makes_links() const {
    return settings_.enabled &&
           (settings_.mode == PublishMode::symlink || settings_.mode == PublishMode::rellink);
  }
  [[nodiscard]] const std::string& output_name() const { return settings_.name; }
  [[nodiscard]] bool is_enabled() const { return settings_.enabled; }
  /// For the list at the end of the run: the index file, else the value, else the list of values;
  /// files as published. Null while nothing has come.
  [[nodiscard]] lang::Value summary() const;

 private:
  /// Where each file of one item goes, by its path; nothing: it is not published.
  using Targets = std::map<std::string, std::optional<std::string>>;

  [[nodiscard]] Targets targets_of(const lang::Value& item);
  [[nodiscard]] std::string target_of(const std::string& file, const std::string& wanted,
                                      bool is_folder) const;
  [[nodiscard]] lang::Value with_targets(const lang::Value& value, const Targets& targets) const;
  [[nodiscard]] bool is_ours(const std::string& file) const;
  [[nodiscard]] bool is_single() const;
  void write_index() const;

  RunContext& run_;
  OutputSettings settings_;
  Handlers handlers_;
  std::vector<lang::Value> records_;
  bool index_abandoned_ = false;
};

}  // namespace weir::engine
