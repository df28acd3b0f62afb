#include "engine/output_node.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "lang/json.hpp"
#include "lang/semantics.hpp"
#include "lang/yaml.hpp"

#include <fmt/format.h>

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

std::string quoted(const Value& value) {
  std::string text = "\"";
  if (!value.is_null()) {
    for (const char c : lang::to_text(value)) {
      if (c == '"') text += '"';
      text += c;
    }
  }
  return text + "\"";
}

std::vector<Value> columns_of(const OutputSettings::Index& index, const Value& record) {
  if (const auto* const map = record.as<MapObject>()) {
    std::vector<Value> values;
    for (const auto& entry : map->items.entries()) values.push_back(entry.value);
    return values;
  }
  if (lang::is_collection(record)) return lang::elements_of(record);
  if (!index.header.is_null() && lang::truth(index.header) && !lang::is_collection(index.header)) {
    throw Error(ErrorKind::input,
                fmt::format("index file '{}' has a header, but its records have no names: {}",
                            index.path, lang::to_short_text(record)))
        .with_hint("publish maps, or give the header as a list of names");
  }
  return {record};
}

std::string csv_line(const std::vector<Value>& values, const std::string& separator) {
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i)
    line += (i == 0 ? "" : separator) + quoted(values[i]);
  return line + "\n";
}

/// `header true` names the columns by the first record, a list names them itself.
std::vector<Value> header_of(const OutputSettings::Index& index, const Value& first) {
  if (lang::is_collection(index.header)) return lang::elements_of(index.header);
  std::vector<Value> names;
  const auto* const map = first.as<MapObject>();
  if (index.header.is_null() || !lang::truth(index.header) || map == nullptr) return names;
  for (const auto& entry : map->items.entries()) names.push_back(entry.key);
  return names;
}

std::string csv_text(const OutputSettings::Index& index, const std::vector<Value>& records) {
  std::string text;
  if (records.empty()) return text;
  const std::vector<Value> header = header_of(index, records.front());
  if (!header.empty()) text += csv_line(header, index.separator);
  for (const Value& record : records) text += csv_line(columns_of(index, record), index.separator);
  return text;
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
  const std::string text = index_text(*settings_.index, records_);
  base::make_folders(path.parent_path());
  base::write_file(path, text);
}

Value OutputNode::summary() const {
  if (!settings_.enabled) return {};
  if (settings_.index) {
    return lang::make_path(
        (base::fs::path(run_.output_dir) / settings_.index->path).lexically_normal().native());
  }
  if (input(0).carrier() == dataflow::Carrier::value)
    return records_.empty() ? Value() : records_.front();
  return lang::make_list(records_);
}

std::string index_text(const OutputSettings::Index& index, const std::vector<Value>& records) {
  const std::string extension = base::fs::path(index.path).extension().native();
  if (extension == ".csv" || extension == ".tsv") return csv_text(index, records);
  const Value all = lang::make_list(records);
  if (extension == ".json") return lang::to_json(all, lang::JsonLayout::indented) + "\n";
  if (extension == ".yml" || extension == ".yaml")
    return lang::to_yaml(all, lang::YamlLayout::block);
  throw Error(ErrorKind::usage,
              fmt::format("index file '{}' has an ending that says no format", index.path))
      .with_hint("use .csv, .json, .yml or .yaml");
}

}  // namespace weir::engine
