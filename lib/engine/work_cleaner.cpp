#include "engine/work_cleaner.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "engine/output_node.hpp"
#include "engine/seal.hpp"

#include <algorithm>
#include <set>

namespace weir::engine {
namespace {

bool makes_links(const TaskSpec& spec) {
  return std::any_of(spec.publish.begin(), spec.publish.end(), [](const PublishRule& rule) {
    return rule.mode == PublishMode::symlink || rule.mode == PublishMode::rellink;
  });
}

/// All nodes that the outputs of `node` reach.
void collect_below(const dataflow::Node& node, std::set<const dataflow::Node*>& below) {
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    for (const dataflow::Node* reader : node.output(i)->readers()) {
      if (below.insert(reader).second) collect_below(*reader, below);
    }
  }
}

void remove_directory(const std::string& directory) {
  try {
    base::remove_file(base::fs::path(directory) / k_seal_name);
    base::remove_tree(directory);
  } catch (const std::exception& error) {
    base::log(base::LogLevel::warn, "an unneeded task directory stays",
              {{"directory", directory}, {"error", error.what()}});
  }
}

}  // namespace

void WorkCleaner::on_task(const TaskEvent& event) {
  using Kind = TaskEvent::Kind;
  const bool ended =
      event.kind == Kind::completed || event.kind == Kind::cached || event.kind == Kind::failed;
  if (!ended || event.work_dir.empty()) return;
  if (event.process >= processes_.size()) processes_.resize(event.process + 1);
  Process& process = processes_[event.process];
  process.directories.emplace_back(event.work_dir);
  process.linked = process.linked || (event.spec != nullptr && makes_links(*event.spec));
}

void WorkCleaner::remove(Process& process) {
  if (process.gone || process.directories.empty()) return;
  process.gone = true;
  pool_.submit([directories = std::move(process.directories)] {
    for (const std::string& directory : directories) remove_directory(directory);
  });
  process.directories.clear();
}

void WorkCleaner::sweep(const std::vector<ProcessNode*>& nodes, bool published) {
  if (when_ != When::eager || !published) return;
  const auto finished = static_cast<std::size_t>(std::count_if(
      nodes.begin(), nodes.end(), [](const ProcessNode* node) { return node->finished(); }));
  if (finished == finished_seen_) return;
  finished_seen_ = finished;
  remove_unneeded(nodes);
}

/// Published links keep their process's directories, and those that it can have taken files from.
void WorkCleaner::remove_unneeded(const std::vector<ProcessNode*>& nodes) {
  for (const ProcessNode* node : nodes) {
    const ProcessId id = node->unit().id;
    if (!node->finished() || id >= processes_.size() || processes_[id].gone) continue;
    std::set<const dataflow::Node*> below;
    collect_below(*node, below);
    bool needed = processes_[id].linked;
    for (const dataflow::Node* one : below) {
      const auto* const output = dynamic_cast<const OutputNode*>(one);
      needed = needed || !one->finished() || (output != nullptr && output->makes_links());
    }
    for (const ProcessNode* one : nodes) {
      const ProcessId other = one->unit().id;
      needed =
          needed || (below.contains(one) && other < processes_.size() && processes_[other].linked);
    }
    if (!needed) remove(processes_[id]);
  }
}

void WorkCleaner::finish(const std::vector<ProcessNode*>& nodes) {
  remove_unneeded(nodes);
  pool_.wait_idle();
}

}  // namespace weir::engine
