#include "schema/json.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace weir::schema {
namespace {

bool is_whole(const Json& value) {
  if (value.is_number_integer()) return true;
  const double number = value.is_number_float() ? value.get<double>() : std::nan("");
  return std::isfinite(number) && std::floor(number) == number;
}

InputPlace place_of(std::string_view text, std::size_t byte, const std::string& what) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : std::min(byte - 1, text.size()));
  InputPlace place;
  place.file = what;
  place.line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n');
  place.column = static_cast<std::int64_t>(
      1 + before.size() - (line_begin == std::string_view::npos ? 0 : line_begin + 1));
  return place;
}

void append_canonical(const Json& value, std::string& text);

void append_members(const Json& value, std::string& text) {
  std::vector<std::pair<std::string_view, const Json*>> members;
  for (auto it = value.begin(); it != value.end(); ++it) members.emplace_back(it.key(), &*it);
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  text += '{';
  for (const auto& [name, member] : members) {
    text += fmt::format("{}:{}=", name.size(), name);
    append_canonical(*member, text);
  }
  text += '}';
}

void append_canonical(const Json& value, std::string& text) {
  if (value.is_object()) {
    append_members(value, text);
  } else if (value.is_array()) {
    text += '[';
    for (const Json& item : value) append_canonical(item, text);
    text += ']';
  } else if (value.is_string()) {
    const auto& string = value.get_ref<const std::string&>();
    text += fmt::format("{}\"{}", string.size(), string);
  } else if (value.is_number_float() && is_whole(value) && std::abs(value.get<double>()) < 0x1p63) {
    text += fmt::format("{},", static_cast<std::int64_t>(value.get<double>()));
  } else {
    text += value.dump() + ",";
  }
}

}  // namespace

Json parse_json(std::string_view text, const std::string& what) {
  const auto guard = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > k_depth_max) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' is nested deeper than {} levels", what, k_depth_max));
    }
    return true;
  };
  try {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return Json::parse(text, guard);
  } catch (const nlohmann::json::parse_error& error) {
    std::string why = error.what();
    const std::size_t colon = why.rfind(": ");
    throw Error(ErrorKind::input,
                "no valid JSON: " + (colon == std::string::npos ? why : why.substr(colon + 2)))
        .at(place_of(text, error.byte, what));
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::input, fmt::format("'{}' holds a number that is too large", what));
  }
}

std::string canonical(const Json& value) {
  std::string text;
  append_canonical(value, text);
  return text;
}

bool same(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return canonical(a) == canonical(b);
  if (a.type() != b.type() || a.size() != b.size()) return false;
  return a.is_structured() ? canonical(a) == canonical(b) : a == b;
}

std::string shown(const Json& value, std::size_t bytes_max) {
  const std::string text = value.is_string()
                               ? value.get<std::string>()
                               : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return base::printable(text, bytes_max);
}

std::string_view type_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "boolean";
  if (value.is_string()) return "string";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  return is_whole(value) ? "integer" : "number";
}

}  // namespace weir::schema
