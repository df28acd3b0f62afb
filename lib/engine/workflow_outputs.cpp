#include "engine/workflow_outputs.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "dataflow/channel_object.hpp"
#include "lang/json.hpp"
#include "lang/semantics.hpp"
#include "lang/yaml.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

namespace {

struct ModeRow {
  std::string_view word;
  PublishMode mode;
};
constexpr std::array k_modes{ModeRow{"symlink", PublishMode::symlink},
                             ModeRow{"rellink", PublishMode::rellink},
                             ModeRow{"link", PublishMode::link},
                             ModeRow{"copy", PublishMode::copy},
                             ModeRow{"copyNoFollow", PublishMode::copy_no_follow},
                             ModeRow{"move", PublishMode::move}};

PublishMode mode_of(const std::string& word) {
  for (const ModeRow& row : k_modes) {
    if (row.word == word) return row.mode;
  }
  throw Error(ErrorKind::input, fmt::format("there is no publish mode '{}'", word))
      .with_hint("use one of symlink, rellink, link, copy, copyNoFollow, move");
}

/// `false` never, `true` always, the others when the file is another one.
PublishAction::Existing existing_of(const Value& value) {
  const std::string word = lang::to_text(value);
  if (word == "false") return PublishAction::Existing::keep;
  if (word == "true") return PublishAction::Existing::replace;
  if (word == "standard" || word == "lenient" || word == "deep")
    return PublishAction::Existing::compare;
  throw Error(ErrorKind::input, fmt::format("an output's overwrite does not take '{}'", word))
      .with_hint("use true, false, standard, lenient or deep");
}

void apply(OutputSettings& settings, std::string_view name, const Value& value) {
  if (value.is_null()) return;
  if (name == "path") settings.path = value;
  if (name == "mode") settings.mode = mode_of(lang::to_text(value));
  if (name == "overwrite") settings.existing = existing_of(value);
  if (name == "enabled") settings.enabled = lang::truth(value);
  if (name == "ignoreErrors") settings.ignore_errors = lang::truth(value);
}

constexpr std::size_t k_items_shown_max = 20;
constexpr std::size_t k_items_shown_of_many = 10;

/// On one line, files by their names below the folder of the outputs.
std::string one_line(const Value& value, const std::string& folder) {
  return base::replace_all(lang::to_yaml(value, lang::YamlLayout::flow), folder + "/", "");
}

/// A value of the summary: the first members of a list or map on a line each.
std::string summary_of(const std::string& name, const Value& value, const std::string& folder) {
  std::string text = "  " + name + ":";
  if (const auto* const map = value.as<MapObject>()) {
    text += "\n";
    for (const auto& entry : map->items.entries())
      text += "    " + lang::to_text(entry.key) + ": " + one_line(entry.value, folder);
    return text;
  }
  if (!lang::is_collection(value)) return text + " " + one_line(value, folder);
  text += "\n";
  const std::vector<Value> items = lang::elements_of(value);
  const std::size_t shown = items.size() > k_items_shown_max ? k_items_shown_of_many : items.size();
  for (std::size_t i = 0; i < shown; ++i) text += "    - " + one_line(items[i], folder);
  if (shown < items.size())
    text += fmt::format("    - ... ({} more items)\n", items.size() - shown);
  return text;
}

}  // namespace

/// `header 'a', 'b'` is a list as well.
Value WorkflowOutputs::header_of(const lang::Directive& directive, const Value& first,
                                 lang::Frame& frame) {
  if (!first.is_string()) return first;
  std::vector<Value> names{first};
  for (std::size_t i = 1; i < directive.arguments.size(); ++i)
    names.push_back(run_.interpreter.evaluate(*directive.arguments[i], frame));
  return lang::make_list(std::move(names));
}

OutputSettings WorkflowOutputs::settings_of(const lang::OutputTarget& target,
                                            std::uint32_t frame_size) {
  OutputSettings settings;
  settings.name = std::string(run_.text(target.name));
  if (const Value* const defaults = run_.config.find("workflow.output")) {
    if (const auto* const map = defaults->as<MapObject>()) {
      for (const auto& entry : map->items.entries())
        apply(settings, lang::to_text(entry.key), entry.value);
    }
  }
  lang::Frame frame(frame_size);
  for (const lang::Directive& directive : target.directives) {
    const std::string_view name = run_.text(directive.name);
    if (name == "index") {
      OutputIndex& index = settings.index.emplace();
      for (const lang::Directive& inner : directive.nested) {
        if (inner.arguments.empty()) continue;
        const Value value = run_.interpreter.evaluate(*inner.arguments[0], frame);
        const std::string_view key = run_.text(inner.name);
        if (key == "path") index.path = lang::to_text(value);
        if (key == "header") index.header = header_of(inner, value, frame);
        if (key == "sep") index.separator = lang::to_text(value);
      }
      if (index.path.empty())
        throw Error(ErrorKind::input,
                    fmt::format("the index of output '{}' has no path", settings.name));
      static_cast<void>(
          index_text(index, {}, false));  // refuses an unknown format before anything runs
      continue;
    }
    if (!directive.arguments.empty())
      apply(settings, name, run_.interpreter.evaluate(*directive.arguments[0], frame));
  }
  return settings;
}

void WorkflowOutputs::wire(const lang::OutputDecl& block, const lang::WorkflowDecl& entry,
                           lang::Frame& entry_frame) {
  for (const lang::WorkflowEmit& publisher : entry.publishers) {
    for (const lang::OutputTarget& target : block.targets) {
      if (target.name != publisher.name) continue;
      const dataflow::Place place = run_.place(target.span);
      try {
        OutputNode& node = run_.flow.graph().add<OutputNode>(
            run_, settings_of(target, block.frame_size), place,
            OutputNode::Handlers{publish_, [this](TargetListener listener) {
                                   host_.on_target(std::move(listener));
                                 }});
        node.add_input(dataflow::as_channel(
            run_.flow, run_.interpreter.evaluate(*publisher.value, entry_frame)));
        nodes_.push_back(&node);
      } catch (Error& error) {
        dataflow::place_error(error, place);
        throw;
      }
    }
  }
}

std::string WorkflowOutputs::summary(bool as_json) const {
  auto all = lang::make<MapObject>();
  for (const OutputNode* node : nodes_) {
    if (node->is_enabled()) all->items.put(node->output_name(), node->summary());
  }
  if (as_json) return lang::to_json(Value(all), lang::JsonLayout::indented) + "\n";
  std::string text = "\nOutputs:\n\n  " + run_.output_dir + "\n";
  for (const auto& entry : all->items.entries())
    text += "\n" + summary_of(lang::to_text(entry.key), entry.value, run_.output_dir);
  return text;
}

}  // namespace weir::engine
