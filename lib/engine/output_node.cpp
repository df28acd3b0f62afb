#include "engine/output_node.hpp"

#include "base/file.hpp"
#include "lang/semantics.hpp"

#include <functional>

namespace weir::engine {

using lang::MapObject;
using lang::PathObject;
using lang::Value;

namespace {

void each_file(const Value& value, const std::function<void(const PathObject&)>& visit) {
  if (const auto* const path = value.as<PathObject>()) return visit(*path);
  if (const auto* const map = value.as<MapObject>()) {
    for (const auto& entry : map->items.entries()) each_file(entry.value, visit);
  } else if (lang::is_collection(value)) {
    for (const Value& item : lang::elements_of(value)) each_file(item, visit);
  }
}

}  // namespace

OutputNode::OutputNode(dataflow::Graph& graph, RunContext& run, OutputSettings settings,
                       dataflow::Place place, Handlers handlers)
    : Node(graph, "output " + settings.name, std::move(place)),
      run_(run),
      settings_(std::move(settings)),
      handlers_(std::move(handlers)) {}

bool OutputNode::is_ours(const std::string& file) const {
  return file.size() > run_.work_dir.size() && file.starts_with(run_.work_dir) &&
         file[run_.work_dir.size()] == '/';
}

/// A file keeps its place below its task's directory.
std::string OutputNode::target_of(const std::string& file, const std::string& wanted,
                                  bool is_folder) const {
  const base::fs::path folder = base::fs::path(run_.output_dir) / wanted;
  if (!is_folder) return folder.lexically_normal().native();
  const std::string below = file.substr(run_.work_dir.size() + 1);
  std::string name = base::fs::path(file).filename().native();
  // WORK/ab/cdef…/name, but WORK/tmp/… for files that operators make.
  if (below.size() > 33 && below[2] == '/' && below[33] == '/') name = below.substr(34);
  std::string target = (folder / name).lexically_normal().native();
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  return target;
}

OutputNode::Targets OutputNode::targets_of(const Value& item) {
  Targets targets;
  const auto add = [&](const Value& source, const std::optional<std::string>& wanted,
                       bool is_folder) {
    each_file(source, [&](const PathObject& path) {
      if (!is_ours(path.text)) return;
      targets[path.text] =
          wanted ? std::optional(target_of(path.text, *wanted, is_folder)) : std::nullopt;
    });
  };
  if (settings_.path.kind() != lang::Kind::closure) {
    add(item, settings_.path.is_null() ? "." : lang::to_text(settings_.path), true);
    return targets;
  }
  bool has_pairs = false;
  handlers_.listen([&](const Value& source, const Value& target) {
    has_pairs = true;
    if (source.is_null()) return;
    if (target.is_null()) return add(source, std::nullopt, true);
    const std::string wanted = lang::to_text(target);
    const bool many = lang::is_collection(source) && lang::elements_of(source).size() != 1;
    add(source, wanted, wanted.empty() || wanted.ends_with('/') || wanted == "." || many);
  });
  Value answer;
  try {
    answer = run_.interpreter.call(settings_.path, item);
  } catch (...) {
    handlers_.listen({});
    throw;
  }
  handlers_.listen({});
  if (has_pairs) return targets;
  if (!answer.is_null()) add(item, lang::to_text(answer), true);
  return targets;
}

Value OutputNode::with_targets(const Value& value, const Targets& targets) const {
  if (const auto* const path = value.as<PathObject>()) {
    if (!is_ours(path->text)) return value;
    const auto known = targets.find(path->text);
    if (known == targets.end() || !known->second) return {};
    return lang::make_path(*known->second);
  }
  if (const auto* const map = value.as<MapObject>()) {
    auto result = lang::make<MapObject>();
    for (const auto& entry : map->items.entries())
      result->items.put(entry.key, with_targets(entry.value, targets));
    return result;
  }
  if (!lang::is_collection(value)) return value;
  std::vector<Value> items;
  for (const Value& item : lang::elements_of(value)) items.push_back(with_targets(item, targets));
  return lang::make_list(std::move(items));
}

void OutputNode::on_item(dataflow::Port, Value item) {
  if (!settings_.enabled) return;
  const Targets targets = targets_of(item);
  std::vector<PublishAction> actions;
  for (const auto& [source, target] : targets) {
    if (!target) continue;
    actions.push_back({.source = source,
                       .target = *target,
                       .mode = settings_.mode,
                       .existing = settings_.existing,
                       .fail_on_error = !settings_.ignore_errors});
  }
  if (!actions.empty()) handlers_.publish(std::move(actions), settings_.name);
  records_.push_back(with_targets(item, targets));
}

void OutputNode::on_end(dataflow::Port) {
  if (settings_.enabled && settings_.index && !index_abandoned_) write_index();
  finish();
}

void OutputNode::write_index() const {
  const base::fs::path path = base::fs::path(run_.output_dir) / settings_.index->path;
  const std::string text = index_text(*settings_.index, records_, is_single());
  base::make_folders(path.parent_path());
  base::write_file(path, text);
}

Value OutputNode::summary() const {
  if (settings_.index) {
    return lang::make_path(
        (base::fs::path(run_.output_dir) / settings_.index->path).lexically_normal().native());
  }
  if (!is_single()) return lang::make_list(records_);
  return records_.empty() ? Value() : records_.front();
}

bool OutputNode::is_single() const {
  return input(0).carrier() == dataflow::Carrier::value;
}

}  // namespace weir::engine
