#include "lang/yaml.hpp"

#include "base/text.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// YAML 1.1's implicit types, as SnakeYAML resolves them.
std::optional<Value> number_of(const std::string& scalar) {
  std::string digits = base::replace_all(scalar, "_", "");
  const bool negative = !digits.empty() && digits.front() == '-';
  if (negative || (!digits.empty() && digits.front() == '+')) digits.erase(0, 1);
  if (digits.empty() || (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9')))
    return std::nullopt;
  int radix = 10;
  std::string_view body = digits;
  if (body.substr(0, 2) == "0x") {
    radix = 16;
    body.remove_prefix(2);
  } else if (body.substr(0, 2) == "0b") {
    radix = 2;
    body.remove_prefix(2);
  } else if (body.size() > 1 && body.front() == '0' &&
             body.find_first_not_of("01234567") == std::string_view::npos) {
    radix = 8;
  }
  if (std::optional<BigInteger> integer = BigInteger::parse(body, radix)) {
    const BigInteger value = negative ? integer->negated() : *integer;
    const std::optional<std::int64_t> small = value.to_int64();
    return small ? Value::number(*small) : Value(make<BigIntegerObject>(value));
  }
  if (body.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  // "1e3" is a text in YAML 1.1: a number with exponent needs a point.
  if (body.find('.') == std::string_view::npos) return std::nullopt;
  if (body.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  const std::optional<double> real = parse_java_double(body);
  if (!real) return std::nullopt;
  return Value::real(negative ? -*real : *real);
}

Value plain_scalar(const std::string& text) {
  static constexpr std::array<std::string_view, 5> k_null = {"", "~", "null", "Null", "NULL"};
  static constexpr std::array<std::string_view, 9> k_true = {"true", "True", "TRUE", "yes", "Yes",
                                                             "YES",  "on",   "On",   "ON"};
  static constexpr std::array<std::string_view, 9> k_false = {"false", "False", "FALSE", "no", "No",
                                                              "NO",    "off",   "Off",   "OFF"};
  if (is_one_of(text, k_null)) return {};
  if (is_one_of(text, k_true)) return Value::boolean(true);
  if (is_one_of(text, k_false)) return Value::boolean(false);
  if (text == ".inf" || text == "+.inf" || text == ".Inf")
    return Value::real(std::numeric_limits<double>::infinity());
  if (text == "-.inf" || text == "-.Inf")
    return Value::real(-std::numeric_limits<double>::infinity());
  if (text == ".nan" || text == ".NaN")
    return Value::real(std::numeric_limits<double>::quiet_NaN());
  if (std::optional<Value> number = number_of(text)) return *number;
  return Value::string(std::string_view(text));
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
    if (node.Tag() == "?" || node.Tag().empty()) return plain_scalar(node.Scalar());
    return Value::string(std::string_view(node.Scalar()));
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

/// Whether a plain scalar would be read back as the same text.
bool is_plain_safe(const std::string& text) {
  if (text.empty() || !plain_scalar(text).is_string()) return false;
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
    } else {
      flow(value, 0, true);
      text_ += '\n';
    }
  }

 private:
  static bool is_container(const Value& value) {
    return is_collection(value) || value.as<MapObject>() != nullptr;
  }

  static bool has_inner_containers(const Value& value) {
    for (const Value& element : elements_of(value)) {
      const EntryObject* const entry = element.as<EntryObject>();
      if (is_container(entry == nullptr ? element : entry->value)) return true;
    }
    return false;
  }

  bool is_flow(const Value& value) const {
    return layout_ == YamlLayout::automatic && !has_inner_containers(value);
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
    if (!is_container(value) || size_of(value) == 0 || is_flow(value)) {
      text_ += ' ';
      flow(value, depth + 1, false);
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

  void flow(const Value& value, std::size_t depth, bool top) {
    if (depth > k_depth_max)
      throw script_error("YAMLException", "the value is nested too deeply for YAML");
    if (!is_container(value)) return scalar(value, top);
    const bool is_map = value.as<MapObject>() != nullptr;
    text_ += is_map ? '{' : '[';
    bool first = true;
    for (const Value& element : elements_of(value)) {
      if (!first) text_ += ", ";
      first = false;
      if (const EntryObject* entry = is_map ? element.as<EntryObject>() : nullptr) {
        scalar(entry->key, false);
        text_ += ": ";
        flow(entry->value, depth + 1, false);
      } else {
        flow(element, depth + 1, false);
      }
    }
    text_ += is_map ? '}' : ']';
  }

  void scalar(const Value& value, bool) {
    if (value.is_null() || value.kind() == Kind::boolean || is_number(value)) {
      text_ += to_text(value);
      return;
    }
    const std::string text = to_text(value);
    if (is_plain_safe(text)) {
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
