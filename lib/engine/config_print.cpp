#include "engine/config_print.hpp"

#include "base/text.hpp"
#include "lang/json.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {

using lang::Kind;
using lang::MapObject;
using lang::Value;

namespace {

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string key_text(const std::string& name) {
  return is_plain_name(name) ? name : "'" + name + "'";
}

std::string selector_text(const Config::Selector& selector) {
  const std::string pattern =
      is_plain_name(selector.pattern) ? selector.pattern : "'" + selector.pattern + "'";
  return (selector.kind == lang::SelectorKind::with_name ? "withName:" : "withLabel:") + pattern;
}

class Printer {
 public:
  Printer(const Config& config, const lang::SourceMap& sources, const ConfigForm& form)
      : config_(config), sources_(sources), form_(form) {}

  std::string blocks() {
    block(*config_.root, "", true);
    return std::move(text_);
  }

  std::string lines() {
    flat(*config_.root, "");
    for (const Config::Selector& selector : config_.selectors)
      flat(*selector.settings, "process." + selector_text(selector) + ".");
    return std::move(text_);
  }

  std::string json() {
    const lang::Ref<MapObject> all = plain_map(*config_.root);
    for (const Config::Selector& selector : config_.selectors) {
      const bool by_name = selector.kind == lang::SelectorKind::with_name;
      child_map(*all, "process")
          ->items.put((by_name ? "withName:" : "withLabel:") + selector.pattern,
                      plain_map(*selector.settings));
    }
    return lang::to_json(all, lang::JsonLayout::indented) + "\n";
  }

 private:
  [[nodiscard]] std::string value_text(const Value& value) const {
    switch (value.kind()) {
      case Kind::string:
        return "'" + base::replace_all(base::replace_all(value.text(), "\\", "\\\\"), "'", "\\'") +
               "'";
      case Kind::memory:
      case Kind::duration:
      case Kind::path: return "'" + lang::to_text(value) + "'";
      case Kind::closure: {
        const lang::ClosureExpr* const code = lang::closure_code(value);
        return code == nullptr ? lang::to_text(value) : std::string(sources_.text(code->span));
      }
      case Kind::list: {
        std::vector<std::string> items;
        for (const Value& item : value.as<lang::ListObject>()->items)
          items.push_back(value_text(item));
        return "[" + base::join(items, ", ") + "]";
      }
      case Kind::map: {
        std::vector<std::string> items;
        for (const auto& entry : value.as<MapObject>()->items.entries()) {
          items.push_back(key_text(lang::to_text(entry.key)) + ":" + value_text(entry.value));
        }
        return items.empty() ? "[:]" : "[" + base::join(items, ", ") + "]";
      }
      default: return lang::to_text(value);
    }
  }

  [[nodiscard]] std::vector<lang::OrderedTable::Entry> entries_of(const MapObject& map) const {
    const auto all = map.items.entries();
    std::vector<lang::OrderedTable::Entry> entries(all.begin(), all.end());
    if (form_.sorted) {
      std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return lang::to_text(a.key) < lang::to_text(b.key);
      });
    }
    return entries;
  }

  /// A copy for JSON: closures as texts.
  [[nodiscard]] lang::Ref<MapObject> plain_map(const MapObject& map) const {
    auto copy = lang::make<MapObject>();
    for (const auto& entry : entries_of(map)) {
      const auto* const inner = entry.value.as<MapObject>();
      const bool is_closure = entry.value.kind() == Kind::closure;
      copy->items.put(lang::to_text(entry.key), inner != nullptr ? Value(plain_map(*inner))
                                                : is_closure
                                                    ? Value::string(value_text(entry.value))
                                                    : entry.value);
    }
    return copy;
  }

  void begin_block(const std::string& name, const std::string& indent, bool top) {
    if (top && !text_.empty()) text_ += "\n";
    text_ += indent + name + " {\n";
  }

  void block(const MapObject& map, const std::string& indent, bool top) {
    for (const auto& entry : entries_of(map)) {
      if (entry.value.as<MapObject>() != nullptr) continue;
      text_ += fmt::format("{}{} = {}\n", indent, key_text(lang::to_text(entry.key)),
                           value_text(entry.value));
    }
    for (const auto& entry : entries_of(map)) {
      const auto* const inner = entry.value.as<MapObject>();
      const std::string name = lang::to_text(entry.key);
      const bool has_selectors = top && name == "process" && !config_.selectors.empty();
      if (inner == nullptr || (inner->items.empty() && !has_selectors)) continue;
      begin_block(key_text(name), indent, top);
      block(*inner, indent + "   ", false);
      if (has_selectors) selectors(indent + "   ");
      text_ += indent + "}\n";
    }
  }

  void selectors(const std::string& indent) {
    for (const Config::Selector& selector : config_.selectors) {
      begin_block(selector_text(selector), indent, false);
      block(*selector.settings, indent + "   ", false);
      text_ += indent + "}\n";
    }
  }

  void flat(const MapObject& map, const std::string& prefix) {
    for (const auto& entry : entries_of(map)) {
      const std::string name = prefix + key_text(lang::to_text(entry.key));
      if (const auto* const inner = entry.value.as<MapObject>()) {
        flat(*inner, name + ".");
      } else if (form_.style == ConfigStyle::flat) {
        text_ += fmt::format("{} = {}\n", name, value_text(entry.value));
      } else {
        const bool is_code = entry.value.kind() == Kind::closure;
        text_ += fmt::format("{}={}\n", name,
                             is_code ? value_text(entry.value) : lang::to_text(entry.value));
      }
    }
  }

  const Config& config_;
  const lang::SourceMap& sources_;
  const ConfigForm& form_;
  std::string text_;
};

}  // namespace

std::string print_config(const Config& config, const lang::SourceMap& sources,
                         const ConfigForm& form) {
  Printer printer(config, sources, form);
  if (form.style == ConfigStyle::blocks) return printer.blocks();
  return form.style == ConfigStyle::json ? printer.json() : printer.lines();
}

}  // namespace weir::engine
