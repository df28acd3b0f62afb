#include "engine/config_print.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/json.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"
#include "lang/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace weir::engine {

using lang::Kind;
using lang::MapObject;
using lang::Value;

namespace {

/// What Java takes for an identifier, as far as UTF-8 bytes tell.
bool is_plain_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string key_text(const std::string& name) {
  return is_plain_name(name) ? name : "'" + name + "'";
}

constexpr std::string_view k_with_name = "withName:";
constexpr std::string_view k_with_label = "withLabel:";

/// Of a block: the pattern of a selector is quoted by itself.
std::string block_key(const std::string& name) {
  for (const std::string_view word : {k_with_name, k_with_label}) {
    if (name.starts_with(word)) return std::string(word) + key_text(name.substr(word.size()));
  }
  return key_text(name);
}

/// The settings of processes with the selectors where they first appeared among them.
Value with_selectors(const MapObject& settings, const std::vector<Config::Selector>& selectors) {
  auto all = lang::make<MapObject>();
  auto next = selectors.begin();
  const auto add_selectors = [&](std::size_t place) {
    for (; next != selectors.end() && next->place <= place; ++next) {
      const bool by_name = next->kind == lang::SelectorKind::with_name;
      all->items.put(std::string(by_name ? k_with_name : k_with_label) + next->pattern,
                     Value(next->settings));
    }
  };
  std::size_t place = 0;
  for (const auto& entry : settings.items.entries()) {
    add_selectors(place++);
    all->items.put(entry.key, entry.value);
  }
  add_selectors(std::numeric_limits<std::size_t>::max());
  return Value(all);
}

/// All settings in upstream's order: those of `env` come first.
lang::Ref<MapObject> whole(const Config& config) {
  auto all = lang::make<MapObject>();
  if (const Value* const environment = config.root->items.find("env"))
    all->items.put("env", *environment);
  for (const auto& entry : config.root->items.entries()) {
    const auto* const map = entry.value.as<MapObject>();
    const bool is_process = map != nullptr && lang::to_text(entry.key) == "process";
    all->items.put(entry.key, is_process ? with_selectors(*map, config.selectors) : entry.value);
  }
  return all;
}

/// A text between single quotes, as a script would have it.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\'': out += "\\'"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\f': out += "\\f"; break;
      default: out += c;
    }
  }
  return out + "'";
}

/// As java.util.Properties.store writes keys and values: ASCII with escapes.
std::string property_text(std::string_view text, bool is_key) {
  std::string out;
  for (const char16_t unit : lang::to_utf16(text)) {
    const bool leading = unit == u' ' && out.empty();
    switch (unit) {
      case u'\t': out += "\\t"; continue;
      case u'\n': out += "\\n"; continue;
      case u'\r': out += "\\r"; continue;
      case u'\f': out += "\\f"; continue;
      default: break;
    }
    if (unit < 0x20 || unit > 0x7E) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(unit));
      continue;
    }
    const char c = static_cast<char>(unit);
    if (leading || (is_key && c == ' ') || std::string_view("\\=:#!").find(c) != std::string::npos)
      out += '\\';
    out += c;
  }
  return out;
}

class Printer {
 public:
  Printer(const Config& config, const lang::SourceMap& sources, const ConfigForm& form)
      : whole_(whole(config)), sources_(sources), form_(form) {}

  std::string blocks() {
    block(*whole_, 0);
    return std::move(text_);
  }

  std::string lines() {
    flat(*whole_, "");
    return std::move(text_);
  }

  /// For JSON and YAML: closures as texts.
  [[nodiscard]] Value everything() const {
    auto all = lang::make<MapObject>();
    for (const auto& entry : entries_of(*whole_)) {
      const auto* const inner = entry.value.as<MapObject>();
      if (inner == nullptr || !inner->items.empty())
        all->items.put(entry.key, plain_value(entry.value));
    }
    return Value(all);
  }

 private:
  [[nodiscard]] std::string value_text(const Value& value) const {
    switch (value.kind()) {
      case Kind::string: return quoted(value.text());
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

  [[nodiscard]] Value plain_value(const Value& value) const {
    if (value.kind() == Kind::closure) return Value::string(value_text(value));
    const auto* const map = value.as<MapObject>();
    if (map == nullptr)
      return lang::with_items(value, [this](const Value& item) { return plain_value(item); });
    auto copy = lang::make<MapObject>();
    for (const auto& entry : entries_of(*map))
      copy->items.put(lang::to_text(entry.key), plain_value(entry.value));
    return Value(copy);
  }

  /// At the top, an empty line stands between blocks and what is beside them. Maps are blocks, also
  /// those that were written as values.
  void block(const MapObject& map, std::size_t depth) {
    const std::string indent(3 * depth, ' ');
    bool first = true;
    bool after_block = false;
    for (const auto& entry : entries_of(map)) {
      const auto* const inner = entry.value.as<MapObject>();
      if (inner != nullptr && inner->items.empty()) continue;
      if (depth == 0 && !first && (inner != nullptr || after_block)) text_ += "\n";
      first = false;
      after_block = inner != nullptr;
      const std::string name = block_key(lang::to_text(entry.key));
      if (inner == nullptr) {
        text_ += fmt::format("{}{} = {}\n", indent, name, value_text(entry.value));
        continue;
      }
      text_ += indent + name + " {\n";
      block(*inner, depth + 1);
      text_ += indent + "}\n";
    }
  }

  /// A part of a dotted name: properties have no quotes.
  [[nodiscard]] std::string name_text(const std::string& name) const {
    return form_.style == ConfigStyle::flat ? key_text(name) : name;
  }

  /// Properties are texts: null is none.
  void flat(const MapObject& map, const std::string& prefix) {
    for (const auto& entry : entries_of(map)) {
      const std::string name = prefix + name_text(lang::to_text(entry.key));
      if (const auto* const inner = entry.value.as<MapObject>()) {
        flat(*inner, name + ".");
      } else if (form_.style == ConfigStyle::flat) {
        text_ += fmt::format("{} = {}\n", name, value_text(entry.value));
      } else if (!entry.value.is_null()) {
        const bool is_text = entry.value.is_string() || entry.value.kind() == Kind::path;
        const std::string value = is_text ? lang::to_text(entry.value) : bare_text(entry.value);
        text_ += property_text(name, true) + "=" + property_text(value, false) + "\n";
      }
    }
  }

  [[nodiscard]] std::string bare_text(const Value& value) const {
    return value.kind() == Kind::closure ? value_text(value) : lang::java_text(value);
  }

  const lang::Ref<MapObject> whole_;
  const lang::SourceMap& sources_;
  const ConfigForm& form_;
  std::string text_;
};

constexpr std::array<std::pair<std::string_view, ConfigStyle>, 5> k_styles = {
    {{"canonical", ConfigStyle::blocks},
     {"flat", ConfigStyle::flat},
     {"properties", ConfigStyle::properties},
     {"json", ConfigStyle::json},
     {"yaml", ConfigStyle::yaml}}};

}  // namespace

std::vector<std::string_view> config_style_words() {
  std::vector<std::string_view> words;
  for (const auto& [word, style] : k_styles) words.push_back(word);
  return words;
}

ConfigStyle config_style(std::string_view format) {
  std::vector<std::string> words;
  for (const auto& [word, style] : k_styles) {
    if (word == format) return style;
    words.emplace_back(word);
  }
  Error error(ErrorKind::usage, fmt::format("unknown format of a configuration: '{}'", format));
  throw error.with_hint(
      base::nearest_hint(format, words, "it is one of " + base::join(words, ", ")));
}

std::string print_config(const Config& config, const lang::SourceMap& sources,
                         const ConfigForm& form) {
  Printer printer(config, sources, form);
  switch (form.style) {
    case ConfigStyle::blocks: return printer.blocks();
    case ConfigStyle::flat:
    case ConfigStyle::properties: return printer.lines();
    case ConfigStyle::json:
      return lang::to_json(printer.everything(), lang::JsonLayout::indented) + "\n";
    case ConfigStyle::yaml: return lang::to_yaml(printer.everything(), lang::YamlLayout::block);
  }
  return {};
}

}  // namespace weir::engine
