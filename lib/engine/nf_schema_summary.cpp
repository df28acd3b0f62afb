#include "base/text.hpp"
#include "engine/internal/nf_schema_call.hpp"
#include "engine/params.hpp"
#include "engine/validation_settings.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

// `paramsSummaryMap` and `paramsSummaryLog`: the parameters that differ from their defaults.

namespace weir::engine {

using lang::MapObject;
using lang::Ref;
using lang::Value;

namespace {

constexpr std::string_view k_core_options = "Core Nextflow options";

/// A default that names the project's or the results' folder is compared without it.
bool is_default(const schema::Parameter& parameter, const std::string& value,
                const MapObject& params) {
  if (value == parameter.default_text) return true;
  for (const std::string_view name : {"${projectDir}", "$projectDir"}) {
    if (base::contains(parameter.default_text, name) &&
        base::contains(value, base::replace_all(parameter.default_text, name, "")))
      return true;
  }
  const Value* const outdir = params.items.find("outdir");
  for (const std::string_view name : {"${params.outdir}", "$params.outdir"}) {
    if (outdir != nullptr &&
        base::replace_all(parameter.default_text, name, lang::to_text(*outdir)) == value)
      return true;
  }
  return false;
}

bool differs(const schema::Parameter& parameter, const Value& value, const MapObject& params) {
  if (value.is_null()) return false;
  const std::string text = lang::to_text(value);
  if (parameter.has_default) return !is_default(parameter, text, params);
  return !text.empty() && text != "false";
}

/// Nested groups with dotted names, for printing.
void flatten(const MapObject& map, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>& lines) {
  for (const auto& entry : map.items.entries()) {
    const std::string name = prefix + lang::to_text(entry.key);
    if (const auto* const inner = entry.value.as<MapObject>()) {
      flatten(*inner, name + ".", lines);
    } else {
      lines.emplace_back(name, lang::to_text(entry.value));
    }
  }
}

}  // namespace

Ref<MapObject> NfSchema::summary_of(const std::vector<schema::Parameter>& parameters,
                                    const MapObject& params) const {
  auto summary = lang::make<MapObject>();
  const std::vector<std::string> hidden = validation_settings(run_.config).not_summarised;
  for (const schema::Parameter& parameter : parameters) {
    const std::string name = parameter.name.substr(parameter.name.rfind('.') + 1);
    const Value* const value = params.items.find(name);
    if (value == nullptr || std::find(hidden.begin(), hidden.end(), parameter.name) != hidden.end())
      continue;
    const auto* const inner = value->as<MapObject>();
    if (inner != nullptr && !parameter.members.empty()) {
      summary->items.put(name, summary_of(parameter.members, *inner));
    } else if (differs(parameter, *value, *params_)) {
      const bool secret = is_secret_param(run_.settings, parameter.name);
      summary->items.put(
          name, Value::string(secret ? std::string(schema::k_masked) : lang::to_text(*value)));
    }
  }
  return summary;
}

Ref<MapObject> NfSchema::core_options() const {
  static constexpr std::array<std::string_view, 10> k_names = {
      "revision", "runName",    "containerEngine", "container", "launchDir",
      "workDir",  "projectDir", "userName",        "profile",   "configFiles"};
  auto options = lang::make<MapObject>();
  auto* const workflow = lang::native_as<lang::NativeObject>(workflow_);
  for (const std::string_view name : k_names) {
    const std::optional<Value> value = workflow->property(run_.interpreter, name);
    if (!value || value->is_null()) continue;
    if (const auto* const map = value->as<MapObject>(); map != nullptr && map->items.size() == 0)
      continue;  // no container
    std::vector<std::string> parts;
    if (const auto* const list = value->as<lang::ListObject>()) {
      for (const Value& item : list->items) parts.push_back(lang::to_text(item));
    }
    options->items.put(
        name, Value::string(value->as<lang::ListObject>() != nullptr ? base::join(parts, ", ")
                                                                     : lang::to_text(*value)));
  }
  return options;
}

Ref<MapObject> NfSchema::summary_map(const Given& given) {
  const schema::ParameterSchema schema = load(given);
  auto summary = lang::make<MapObject>();
  const schema::ParameterGroup* ungrouped = nullptr;
  for (const schema::ParameterGroup& group : schema.groups()) {
    if (group.title.empty()) {
      ungrouped = &group;
    } else {
      summary->items.put(group.title, summary_of(group.parameters, *params_));
    }
  }
  if (ungrouped != nullptr && !ungrouped->parameters.empty())
    summary->items.put("Other parameters", summary_of(ungrouped->parameters, *params_));
  summary->items.put(k_core_options, core_options());
  return summary;
}

Value NfSchema::summary_log(const Given& given) {
  using Lines = std::vector<std::pair<std::string, std::string>>;
  std::vector<std::pair<std::string, Lines>> groups;
  std::size_t width = 0;
  const Ref<MapObject> summary = summary_map(given);
  for (const auto& group : summary->items.entries()) {
    Lines lines;
    flatten(*group.value.as<MapObject>(), "", lines);
    for (const auto& [name, value] : lines) width = std::max(width, name.size());
    groups.emplace_back(lang::to_text(group.key), std::move(lines));
  }
  std::string text = setting(given, "beforeText", "summary.beforeText", "");
  for (const auto& [title, lines] : groups) {
    if (lines.empty()) continue;
    text += title + "\n";
    for (const auto& [name, value] : lines)
      text += fmt::format("  {:<{}}: {}\n", name, width, value);
    text += "\n";
  }
  text += "!! Only displaying parameters that differ from the pipeline defaults !!\n";
  text += std::string(54, '-');
  return Value::string(text + setting(given, "afterText", "summary.afterText", ""));
}

}  // namespace weir::engine
