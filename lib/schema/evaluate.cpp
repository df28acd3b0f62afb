#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/exceptions.hpp"
#include "schema/formats.hpp"
#include "schema/internal/evaluator.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

// The walk, and what concerns one value by itself. Lists, objects and the combining keywords are in
// evaluate_children.cpp and evaluate_logic.cpp.

namespace weir::schema {
namespace {

constexpr const char* k_names_nothing = "is empty and names no file";

constexpr int k_walk_depth_max = 1'500;

std::size_t count_values(const Json& value) {
  std::size_t count = 1;
  if (value.is_structured()) {
    for (const Json& child : value) count += count_values(child);
  }
  return count;
}

/// -1, 0 or 1; without the trap that nlohmann's order takes 2^63 for a negative number.
int compare_numbers(const Json& a, const Json& b) {
  if (a.is_number_integer() && b.is_number_integer() && !a.is_number_unsigned() &&
      !b.is_number_unsigned()) {
    const auto left = a.get<std::int64_t>();
    const auto right = b.get<std::int64_t>();
    return left < right ? -1 : (left > right ? 1 : 0);
  }
  if (a.is_number_unsigned() && b.is_number_unsigned()) {
    const auto left = a.get<std::uint64_t>();
    const auto right = b.get<std::uint64_t>();
    return left < right ? -1 : (left > right ? 1 : 0);
  }
  const double left = a.get<double>();
  const double right = b.get<double>();
  return left < right ? -1 : (left > right ? 1 : 0);
}

bool is_multiple(const Json& value, const Json& unit) {
  if (value.is_number_integer() && unit.is_number_integer() && unit.get<std::int64_t>() != 0)
    return value.get<std::int64_t>() % unit.get<std::int64_t>() == 0;
  const double quotient = value.get<double>() / unit.get<double>();
  if (!std::isfinite(quotient)) return std::fmod(value.get<double>(), unit.get<double>()) == 0;
  // 0.0075 is a multiple of 0.0001, although not in binary.
  return std::abs(quotient - std::round(quotient)) <= 1e-9 * std::max(1.0, std::abs(quotient));
}

/// Length in Unicode characters.
std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// A whole number beyond 64 bits: of a document, or digits of the command line or a cell.
bool is_beyond_int64(const Json& value) {
  if (value.is_number_unsigned())
    return value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return std::floor(number) == number && (number >= 0x1p63 || number <= -0x1p63);
  }
  if (!value.is_string()) return false;
  std::string_view digits = value.get_ref<const std::string&>();
  if (digits.starts_with('-')) digits.remove_prefix(1);
  return digits.size() > 18 && digits.find_first_not_of("0123456789") == std::string_view::npos &&
         !base::parse_int64(value.get_ref<const std::string&>()).has_value();
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) texts.push_back(shown(item));
  return texts;
}

}  // namespace

std::string Place::pointer() const {
  if (outer == nullptr) return "";
  std::string text = outer->pointer();
  if (is_index) return text + "/" + std::to_string(index);
  return text + "/" + base::replace_all(base::replace_all(std::string(name), "~", "~0"), "/", "~1");
}

Findings Evaluator::run(const Json& document) {
  Findings findings;
  findings_ = &findings;
  steps_left_ = JsonSchema::k_steps_base + count_values(document) * JsonSchema::k_steps_per_value;
  static_cast<void>(check(compiled_.root(), document, Place{}, nullptr));
  return findings;
}

bool Evaluator::fault(const Check& check, const Node& node, const Json& value, const Place& place,
                      std::string message, std::string property) {
  if (findings_ == nullptr) return false;
  Fault fault;
  fault.pointer = place.pointer();
  fault.keyword = check.name;
  fault.message = std::move(message);
  fault.advice = node.advice;
  fault.property = std::move(property);
  if (fault.property.empty() && place.outer != nullptr && !value.is_structured())
    fault.value = shown(value);
  findings_->add(std::move(fault));
  return false;
}

void Evaluator::note(Fault::Severity severity, const Check& check, const Json& value,
                     const Place& place, std::string message) {
  if (findings_ == nullptr) return;
  Fault fault;
  fault.severity = severity;
  fault.pointer = place.pointer();
  fault.keyword = check.name;
  fault.message = std::move(message);
  fault.value = shown(value);
  findings_->add(std::move(fault));
}

bool Evaluator::check(const Node& node, const Json& value, const Place& place,
                      Evaluated* evaluated) {
  if (node.refuses_all) {
    Check refusal;
    refusal.name = "false";
    return fault(refusal, node, value, place, "is not allowed here");
  }
  if (depth_ > k_walk_depth_max)
    throw Error(ErrorKind::input, "the schema refers to itself without end");
  ++depth_;
  const bool enters = scope_.empty() || scope_.back() != node.resource;
  if (enters) scope_.push_back(node.resource);
  Evaluated own;
  const bool tracks =
      evaluated != nullptr ||
      (!node.checks.empty() && node.checks.back().keyword >= Keyword::unevaluated_items);
  bool good = true;
  for (const Check& one : node.checks) {
    if (steps_left_ == 0) {
      throw Error(ErrorKind::input,
                  "the schema asks for more steps than a document of this size "
                  "may take");
    }
    --steps_left_;
    good = check_one(one, node, value, place, tracks ? &own : nullptr) && good;
  }
  if (evaluated != nullptr) evaluated->add(own);
  if (enters) scope_.pop_back();
  --depth_;
  return good;
}

bool Evaluator::check_one(const Check& check, const Node& node, const Json& value,
                          const Place& place, Evaluated* evaluated) {
  switch (check.keyword) {
    case Keyword::type:
    case Keyword::enumeration:
    case Keyword::constant:
    case Keyword::deprecated: return check_scalar(check, node, value, place);
    case Keyword::multiple_of:
    case Keyword::minimum:
    case Keyword::exclusive_minimum:
    case Keyword::maximum:
    case Keyword::exclusive_maximum:
      return !value.is_number() || check_number(check, node, value, place);
    case Keyword::min_length:
    case Keyword::max_length:
    case Keyword::pattern:
    case Keyword::format:
    case Keyword::exists:
    case Keyword::content: return !value.is_string() || check_text(check, node, value, place);
    case Keyword::min_items:
    case Keyword::max_items:
    case Keyword::unique_items:
    case Keyword::unique_entries:
    case Keyword::items:
    case Keyword::contains:
    case Keyword::unevaluated_items:
      return !value.is_array() || check_array(check, node, value, place, evaluated);
    case Keyword::min_properties:
    case Keyword::max_properties:
    case Keyword::required:
    case Keyword::property_names:
    case Keyword::properties:
    case Keyword::dependent_required:
    case Keyword::dependent_schemas:
    case Keyword::unevaluated_properties:
      return !value.is_object() || check_object(check, node, value, place, evaluated);
    default: return check_logic(check, node, value, place, evaluated);
  }
}

bool Evaluator::check_scalar(const Check& check, const Node& node, const Json& value,
                             const Place& place) {
  const Json& operand = *check.operand;
  if (check.keyword == Keyword::type) return type(check, node, value, place);
  if (check.keyword == Keyword::constant) {
    return same(value, operand) || fault(check, node, value, place, "must be " + shown(operand));
  }
  if (check.keyword == Keyword::deprecated) {
    return !operand.get<bool>() || fault(check, node, value, place, "this option is deprecated");
  }
  const auto equal = [&](const Json& allowed) { return same(value, allowed); };
  if (std::any_of(operand.begin(), operand.end(), equal)) return true;
  const std::vector<std::string> allowed = texts_of(operand);
  std::string message = "must be one of: " + base::join(allowed, ", ");
  if (value.is_string()) {
    if (const auto near = base::nearest(value.get_ref<const std::string&>(), allowed))
      message += fmt::format("; did you mean '{}'", *near);
  }
  return fault(check, node, value, place, std::move(message));
}

bool Evaluator::type(const Check& check, const Node& node, const Json& value, const Place& place) {
  const bool is_beyond = options_.only_int64 && is_beyond_int64(value);
  const std::string_view actual = is_beyond && value.is_number() ? "number" : type_of(value);
  const auto allows = [&](const Json& wanted) {
    if (!wanted.is_string()) return false;
    const auto& name = wanted.get_ref<const std::string&>();
    if (name == actual || (name == "number" && actual == "integer")) return true;
    return options_.lenient && name == "string" && !value.is_structured();
  };
  const Json& operand = *check.operand;
  if (operand.is_array() ? std::any_of(operand.begin(), operand.end(), allows) : allows(operand))
    return true;
  const std::string wanted =
      operand.is_array() ? base::join(texts_of(operand), " or ") : shown(operand);
  if (is_beyond && wanted == "integer") {
    return fault(check, node, value, place,
                 "must be an integer from -9223372036854775808 to 9223372036854775807");
  }
  return fault(check, node, value, place, fmt::format("must be {}, not {}", wanted, actual));
}

bool Evaluator::check_number(const Check& check, const Node& node, const Json& value,
                             const Place& place) {
  const Json& operand = *check.operand;
  std::string_view relation;
  bool good = true;
  const int order = compare_numbers(value, operand);
  switch (check.keyword) {
    case Keyword::minimum: good = order >= 0, relation = "at least"; break;
    case Keyword::exclusive_minimum: good = order > 0, relation = "more than"; break;
    case Keyword::maximum: good = order <= 0, relation = "at most"; break;
    case Keyword::exclusive_maximum: good = order < 0, relation = "less than"; break;
    default: good = is_multiple(value, operand), relation = "a multiple of"; break;
  }
  return good ||
         fault(check, node, value, place, fmt::format("must be {} {}", relation, shown(operand)));
}

bool Evaluator::check_text(const Check& check, const Node& node, const Json& value,
                           const Place& place) {
  const auto& text = value.get_ref<const std::string&>();
  switch (check.keyword) {
    case Keyword::min_length:
      return static_cast<double>(length_of(text)) >= check.operand->get<double>() ||
             fault(check, node, value, place,
                   fmt::format("must have at least {} characters", shown(*check.operand)));
    case Keyword::max_length:
      return static_cast<double>(length_of(text)) <= check.operand->get<double>() ||
             fault(check, node, value, place,
                   fmt::format("must have at most {} characters", shown(*check.operand)));
    case Keyword::pattern:
      return matches(*check.pattern, text) ||
             fault(check, node, value, place,
                   fmt::format("does not match the pattern {}", shown(*check.operand)));
    case Keyword::format: return format(check, node, value, place);
    case Keyword::exists: return exists(check, node, value, place);
    default: return content(check, node, value, place);
  }
}

bool Evaluator::matches(lang::PatternObject& pattern, const std::string& text) {
  try {
    return lang::matches_somewhere(pattern, text, JsonSchema::k_pattern_steps_max);
  } catch (const lang::ScriptException&) {  // compiled before: it can only take too long
    throw Error(ErrorKind::input,
                fmt::format("the schema's pattern '{}' takes too long on '{}'",
                            base::printable(pattern.source, 150), base::printable(text, 150)))
        .with_hint("repetitions within repetitions take time that doubles with each character");
  }
}

bool Evaluator::format(const Check& check, const Node& node, const Json& value,
                       const Place& place) {
  const auto& text = value.get_ref<const std::string&>();
  if (!is_path_format(node.format)) {
    return has_format(text, node.format) ||
           fault(check, node, value, place, fmt::format("is no valid {}", node.format));
  }
  if (options_.files == nullptr) return true;
  if (text.empty()) return fault(check, node, value, place, k_names_nothing);
  if (node.format == "file-path-pattern") {
    const std::vector<std::string> found = options_.files->matches(text);
    if (found.empty()) return fault(check, node, value, place, "matches no file");
    const auto folder = std::find_if(found.begin(), found.end(), [&](const std::string& name) {
      return options_.files->kind(name) == Files::Kind::folder;
    });
    return folder == found.end() ||
           fault(check, node, value, place, fmt::format("'{}' is a folder, not a file", *folder));
  }
  const Files::Kind kind = options_.files->kind(text);
  if (kind == Files::Kind::pattern)
    return fault(check, node, value, place, "is a pattern of names, not the name of one");
  if (node.format == "file-path" && kind == Files::Kind::folder)
    return fault(check, node, value, place, "is a folder, not a file");
  if (node.format == "directory-path" && kind == Files::Kind::file)
    return fault(check, node, value, place, "is a file, not a folder");
  return true;
}

bool Evaluator::exists(const Check& check, const Node& node, const Json& value,
                       const Place& place) {
  if (options_.files == nullptr) return true;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty() && is_path_format(node.format)) return true;  // `format` tells it
  if (text.empty()) return fault(check, node, value, place, k_names_nothing);
  if (options_.files->kind(text) == Files::Kind::remote) {
    note(Fault::Severity::unchecked, check, value, place,
         "is remote; whether it exists was not checked");
    return true;
  }
  const bool there = !options_.files->matches(text).empty();
  if (there == check.operand->get<bool>()) return true;
  return fault(check, node, value, place,
               there ? "must not exist" : "there is no such file or folder");
}

bool Evaluator::content(const Check& check, const Node& node, const Json& value,
                        const Place& place) {
  if (options_.files == nullptr || !options_.check_content || findings_ == nullptr) return true;
  const auto& text = value.get_ref<const std::string&>();
  const Files::Kind kind = options_.files->kind(text);
  if (kind == Files::Kind::remote) {
    note(Fault::Severity::unchecked, check, value, place, "is remote; its content was not checked");
  }
  if (kind != Files::Kind::file) return true;
  const Findings inner = options_.check_content(text, check.operand->get_ref<const std::string&>());
  static_cast<void>(node);
  findings_->add_all(inner);
  return inner.ok();
}

}  // namespace weir::schema
