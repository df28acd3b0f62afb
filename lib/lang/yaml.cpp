#include "lang/yaml.hpp"

#include "base/text.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/yaml_scalars.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <algorithm>

namespace weir::lang {
namespace {

constexpr std::size_t k_nodes_max = 2'000'000;  ///< after aliases are followed
constexpr std::size_t k_depth_max = 500;

[[noreturn]] void refuse(const YAML::Mark& mark, std::string_view why) {
  throw script_error("YAMLException", mark.is_null()
                                          ? fmt::format("malformed YAML: {}", why)
                                          : fmt::format("malformed YAML at line {}, column {}: {}",
                                                        mark.line + 1, mark.column + 1, why));
}

class Converter {
 public:
  Value convert(const YAML::Node& node, std::size_t depth) {
    if (++nodes_ > k_nodes_max)
      refuse(node.Mark(), "the document is too large once its aliases are followed");
    if (depth > k_depth_max) refuse(node.Mark(), "nested too deeply");
    switch (node.Type()) {
      case YAML::NodeType::Scalar: return scalar(node);
      case YAML::NodeType::Sequence: {
        std::vector<Value> items;
        for (const YAML::Node& item : node) items.push_back(convert(item, depth + 1));
        return make_list(std::move(items));
      }
      case YAML::NodeType::Map: return map(node, depth);
      default: return {};
    }
  }

 private:
  static Value scalar(const YAML::Node& node) {
    if (node.Tag() == "?" || node.Tag().empty()) return yaml_scalar(node.Scalar());
    return tagged_yaml_scalar(node.Tag(), node.Scalar());
  }

  Value map(const YAML::Node& node, std::size_t depth) {
    const Ref<MapObject> result = make<MapObject>();
    std::vector<Value> merged;
    for (const auto& entry : node) {
      if (entry.first.IsScalar() && entry.first.Scalar() == "<<") {
        merged.push_back(convert(entry.second, depth + 1));
        continue;
      }
      const Value key = convert(entry.first, depth + 1);
      if (!result->items.put(key, convert(entry.second, depth + 1))) {
        refuse(entry.first.Mark(), "key '" + to_short_text(key) + "' is there twice");
      }
    }
    for (const Value& source : merged) merge(*result, source);
    return result;
  }

  /// Keys of the map itself win over merged ones.
  static void merge(MapObject& target, const Value& source) {
    if (is_collection(source)) {
      for (const Value& part : elements_of(source)) merge(target, part);
    } else if (const MapObject* map = source.as<MapObject>()) {
      for (const OrderedTable::Entry& entry : map->items.entries()) {
        if (target.items.find(entry.key) == nullptr) target.items.put(entry.key, entry.value);
      }
    }
  }

  std::size_t nodes_ = 0;
};

/// Whether a plain scalar would be read back as the same text, by this reader and by others.
bool is_plain_safe(const std::string& text, bool in_flow) {
  if (text.empty() || !yaml_scalar(text).is_string() || text == "<<") return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if (in_flow && text.find_first_of(",?:[]{}") != std::string::npos) return false;
  if (text.front() == '0' && text.find_first_not_of("0123456789") == std::string::npos)
    return false;
  static constexpr std::string_view k_indicators = "-?:,[]{}#&*!|>'\"%@` ";
  const bool lone_dash = (text.front() == '-' || text.front() == '?' || text.front() == ':') &&
                         text.size() > 1 && text[1] != ' ';
  if (k_indicators.find(text.front()) != std::string_view::npos && !lone_dash) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

class Emitter {
 public:
  explicit Emitter(YamlLayout layout) : layout_(layout) {}
  [[nodiscard]] std::string finish() { return std::move(text_); }

  void document(const Value& value) {
    if (is_container(value) && size_of(value) > 0 && !is_flow(value)) {
      block(value, 0, 0);
    } else if (is_literal(value)) {
      literal(to_text(value), 2);
    } else {
      flow(value, 0);
      text_ += '\n';
    }
  }

 private:
  static bool is_container(const Value& value) {
    return is_collection(value) || value.as<MapObject>() != nullptr;
  }

  static bool has_lines(const Value& value) {
    return value.is_string() && to_text(value).find('\n') != std::string::npos;
  }

  /// A text of several lines that can be written line by line.
  [[nodiscard]] bool is_literal(const Value& value) const {
    if (layout_ == YamlLayout::flow || !has_lines(value)) return false;
    const std::string text = to_text(value);
    if (text.back() == ' ' || text.find(" \n") != std::string::npos) return false;
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
  }

  [[nodiscard]] bool is_flow(const Value& value) const {
    if (layout_ != YamlLayout::automatic) return layout_ == YamlLayout::flow;
    for (const Value& element : elements_of(value)) {
      const EntryObject* const entry = element.as<EntryObject>();
      const Value& inner = entry == nullptr ? element : entry->value;
      if (is_container(inner) || has_lines(inner)) return false;
    }
    return true;
  }

  void block(const Value& value, std::size_t indent, std::size_t depth) {
    if (depth > k_depth_max)
      throw script_error("YAMLException", "the value is nested too deeply for YAML");
    bool first = true;
    for (const Value& element : elements_of(value)) {
      if (!first || depth == 0 || !inline_first_) text_.append(indent, ' ');
      first = false;
      inline_first_ = false;
      if (const EntryObject* entry =
              value.as<MapObject>() != nullptr ? element.as<EntryObject>() : nullptr) {
        scalar(entry->key, false);
        text_ += ':';
        member(entry->value, indent, depth, false);
      } else {
        text_ += '-';
        member(element, indent, depth, true);
      }
    }
  }

  /// What follows a key or a dash.
  void member(const Value& value, std::size_t indent, std::size_t depth, bool in_list) {
    if (is_literal(value)) {
      text_ += ' ';
      literal(to_text(value), indent + 2);
    } else if (!is_container(value) || size_of(value) == 0 || is_flow(value)) {
      text_ += ' ';
      flow(value, depth + 1);
      text_ += '\n';
    } else if (in_list) {
      text_ += ' ';
      inline_first_ = true;
      block(value, indent + 2, depth + 1);
    } else {
      text_ += '\n';
      // Lists within maps stand at the indent of their key, as SnakeYAML writes them.
      block(value, value.as<MapObject>() != nullptr ? indent + 2 : indent, depth + 1);
    }
  }

  /// `|` with what says how the text ends and, where its first line has blanks, how it is indented.
  void literal(std::string_view text, std::size_t indent) {
    text_ += '|';
    if (text.front() == ' ' || text.front() == '\n') text_ += '2';
    if (!text.ends_with('\n')) {
      text_ += '-';
    } else if (text.size() == 1 || text.ends_with("\n\n")) {
      text_ += '+';
    }
    text_ += '\n';
    if (text.ends_with('\n')) text.remove_suffix(1);
    for (const std::string_view line : base::split(text, '\n')) {
      if (!line.empty()) text_.append(indent, ' ').append(line);
      text_ += '\n';
    }
  }

  void flow(const Value& value, std::size_t depth, bool inside = false) {
    if (depth > k_depth_max)
      throw script_error("YAMLException", "the value is nested too deeply for YAML");
    if (!is_container(value)) return scalar(value, inside);
    const bool is_map = value.as<MapObject>() != nullptr;
    text_ += is_map ? '{' : '[';
    bool first = true;
    for (const Value& element : elements_of(value)) {
      if (!first) text_ += ", ";
      first = false;
      if (const EntryObject* entry = is_map ? element.as<EntryObject>() : nullptr) {
        scalar(entry->key, true);
        text_ += ": ";
        flow(entry->value, depth + 1, true);
      } else {
        flow(element, depth + 1, true);
      }
    }
    text_ += is_map ? '}' : ']';
  }

  void scalar(const Value& value, bool in_flow) {
    if (value.is_null() || value.kind() == Kind::boolean || is_number(value)) {
      text_ += to_text(value);
      return;
    }
    const std::string text = to_text(value);
    if (is_plain_safe(text, in_flow)) {
      text_ += text;
    } else if (std::any_of(text.begin(), text.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
      double_quoted(text);
    } else {
      text_ += "'" + base::replace_all(text, "'", "''") + "'";
    }
  }

  void double_quoted(const std::string& text) {
    text_ += '"';
    for (const char c : text) {
      switch (c) {
        case '\n': text_ += "\\n"; break;
        case '\t': text_ += "\\t"; break;
        case '\r': text_ += "\\r"; break;
        case '"': text_ += "\\\""; break;
        case '\\': text_ += "\\\\"; break;
        default:
          if (static_cast<unsigned char>(c) < 0x20) {
            text_ += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
          } else {
            text_ += c;
          }
      }
    }
    text_ += '"';
  }

  YamlLayout layout_;
  std::string text_;
  bool inline_first_ = false;  ///< the next line goes on behind a dash
};

/// org.yaml.snakeyaml.Yaml, groovy.yaml.YamlSlurper and YamlBuilder in one.
class YamlObject final : public NativeObject {
 public:
  [[nodiscard]] std::string_view type_name() const override { return "Yaml"; }
  [[nodiscard]] std::string to_text() const override {
    return to_yaml(content_, YamlLayout::block);
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "toString") return Value::string(to_text());
    if (arguments.size() != 1) return std::nullopt;
    const Value& argument = arguments[0];
    if (name == "load" || name == "parse" || name == "parseText" || name == "loadAs") {
      const PathObject* const path = argument.as<PathObject>();
      return parse_yaml(path == nullptr ? lang::to_text(argument)
                                        : interpreter.host().files().read(*path, false));
    }
    if (name == "dump") return Value::string(to_yaml(argument, YamlLayout::automatic));
    if (name == "dumpAsMap") return Value::string(to_yaml(argument, YamlLayout::block));
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Value> call(Interpreter&, const Arguments& arguments) override {
    if (arguments.named != nullptr) content_ = Value(const_cast<MapObject*>(arguments.named));
    if (arguments.size() == 1) content_ = arguments[0];
    return content_;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"load", "dump", "dumpAsMap", "parse", "parseText", "toString"};
  }

 private:
  Value content_;
};

}  // namespace

Value parse_yaml(std::string_view text) {
  try {
    return Converter().convert(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& error) {
    refuse(error.mark, error.msg);
  }
}

std::string to_yaml(const Value& value, YamlLayout layout) {
  Emitter emitter(layout);
  emitter.document(value);
  return emitter.finish();
}

Value make_yaml() {
  return make<YamlObject>();
}

}  // namespace weir::lang
