#include "engine/yaml_value.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/objects.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace weir::engine {

using lang::Value;

namespace {

constexpr int k_depth_max = 100;

Value scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return Value::string(text);  // was quoted
  if (text == "true" || text == "True" || text == "TRUE") return Value::boolean(true);
  if (text == "false" || text == "False" || text == "FALSE") return Value::boolean(false);
  if (text == "null" || text == "~" || text == "Null" || text == "NULL" || text.empty()) return {};
  if (const auto number = base::parse_int64(text)) return Value::number(*number);
  const bool numeric = text.find_first_not_of("+-.0123456789eE") == std::string::npos &&
                       text.find_first_of("0123456789") != std::string::npos;
  if (numeric && base::parse_double(text)) {
    if (const auto decimal = lang::Decimal::parse(text)) return lang::make_decimal(*decimal);
  }
  return Value::string(text);
}

Value convert(const YAML::Node& node, int depth, const std::string& what) {
  if (depth > k_depth_max)
    throw Error(ErrorKind::usage, fmt::format("'{}' is nested too deeply", what));
  switch (node.Type()) {
    case YAML::NodeType::Scalar: return scalar(node);
    case YAML::NodeType::Sequence: {
      std::vector<Value> items;
      for (const auto& item : node) items.push_back(convert(item, depth + 1, what));
      return lang::make_list(std::move(items));
    }
    case YAML::NodeType::Map: {
      auto map = lang::make<lang::MapObject>();
      for (const auto& entry : node) {
        map->items.put(convert(entry.first, depth + 1, what),
                       convert(entry.second, depth + 1, what));
      }
      return map;
    }
    default: return {};
  }
}

}  // namespace

Value value_of_yaml(const std::string& text, const std::string& what) {
  try {
    return convert(YAML::Load(text), 0, what);
  } catch (const YAML::Exception& error) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is no valid YAML: {}", what, error.what()));
  }
}

}  // namespace weir::engine
