#include "schema/internal/evaluator.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

// Keywords of lists and objects.

namespace weir::schema {

bool Evaluator::check_array(const Check& check, const Node& node, const Json& value,
                            const Place& place, Evaluated* evaluated) {
  switch (check.keyword) {
    case Keyword::min_items:
      return static_cast<double>(value.size()) >= check.operand->get<double>() ||
             fault(check, node, value, place,
                   fmt::format("must have at least {} entries, not {}", shown(*check.operand),
                               value.size()));
    case Keyword::max_items:
      return static_cast<double>(value.size()) <= check.operand->get<double>() ||
             fault(check, node, value, place,
                   fmt::format("must have at most {} entries, not {}", shown(*check.operand),
                               value.size()));
    case Keyword::unique_items:
    case Keyword::unique_entries: return unique(check, node, value, place);
    case Keyword::items: return items(check, value, place, evaluated);
    case Keyword::contains: return contains(check, node, value, place, evaluated);
    default: return unevaluated(check, value, place, *evaluated);
  }
}

bool Evaluator::unique(const Check& check, const Node& node, const Json& value,
                       const Place& place) {
  const bool whole = check.keyword == Keyword::unique_items;
  if (whole && !check.operand->get<bool>()) return true;
  std::unordered_set<std::string> seen;
  bool good = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Json& item = value[i];
    std::string key;
    std::string listed;
    if (whole) {
      key = canonical(item);
      listed = shown(item, 60);
    } else if (item.is_object()) {
      for (const Json& column : *check.operand) {
        const auto member = item.find(column.get_ref<const std::string&>());
        if (member == item.end()) continue;
        key += canonical(column) + canonical(*member);
        listed +=
            fmt::format("{}{}: {}", listed.empty() ? "" : ", ", shown(column), shown(*member));
      }
    }
    if (key.empty() || seen.insert(std::move(key)).second) continue;
    const Place entry{&place, {}, i, true};
    good = fault(check, node, Json::object(), entry,
                 fmt::format("is there more than once ({})", listed));
    if (findings_ == nullptr) return false;
  }
  return good;
}

bool Evaluator::items(const Check& check, const Json& value, const Place& place,
                      Evaluated* evaluated) {
  bool good = true;
  const std::size_t count =
      check.rest == nullptr ? std::min(value.size(), check.nodes.size()) : value.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Node& node = i < check.nodes.size() ? *check.nodes[i] : *check.rest;
    good = this->check(node, value[i], Place{&place, {}, i, true}, nullptr) && good;
    if (!good && findings_ == nullptr) return false;
    if (evaluated != nullptr && check.rest == nullptr) evaluated->items.insert(i);
  }
  if (evaluated != nullptr && check.rest != nullptr) evaluated->all_items = true;
  return good;
}

bool Evaluator::contains(const Check& check, const Node& node, const Json& value,
                         const Place& place, Evaluated* evaluated) {
  std::int64_t found = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!silently(*check.nodes.front(), value[i], Place{&place, {}, i, true}, nullptr)) continue;
    ++found;
    if (evaluated != nullptr) evaluated->items.insert(i);
  }
  if (found < check.least) {
    return fault(
        check, node, value, place,
        fmt::format("must have at least {} entries of a kind, not {}", check.least, found));
  }
  return check.most < 0 || found <= check.most ||
         fault(check, node, value, place,
               fmt::format("must have at most {} entries of a kind, not {}", check.most, found));
}

bool Evaluator::check_object(const Check& check, const Node& node, const Json& value,
                             const Place& place, Evaluated* evaluated) {
  switch (check.keyword) {
    case Keyword::min_properties:
      return static_cast<double>(value.size()) >= check.operand->get<double>() ||
             fault(check, node, value, place,
                   fmt::format("must have at least {} members", shown(*check.operand)));
    case Keyword::max_properties:
      return static_cast<double>(value.size()) <= check.operand->get<double>() ||
             fault(check, node, value, place,
                   fmt::format("must have at most {} members", shown(*check.operand)));
    case Keyword::required: return required(check, node, value, place);
    case Keyword::property_names: {
      bool good = true;
      for (auto it = value.begin(); it != value.end(); ++it) {
        if (silently(*check.nodes.front(), Json(it.key()), place, nullptr)) continue;
        good = fault(check, node, value, place, "is a name that is not allowed here", it.key());
      }
      return good;
    }
    case Keyword::properties: return properties(check, value, place, evaluated);
    case Keyword::dependent_required:
    case Keyword::dependent_schemas: return dependent(check, node, value, place, evaluated);
    default: return unevaluated(check, value, place, *evaluated);
  }
}

bool Evaluator::required(const Check& check, const Node& node, const Json& value,
                         const Place& place) {
  bool good = true;
  for (const Json& name : *check.operand) {
    const auto& text = name.get_ref<const std::string&>();
    if (!value.contains(text)) good = fault(check, node, value, place, "is required", text);
  }
  return good;
}

bool Evaluator::properties(const Check& check, const Json& value, const Place& place,
                           Evaluated* evaluated) {
  bool good = true;
  for (auto it = value.begin(); it != value.end(); ++it) {
    const Place member{&place, it.key(), 0, false};
    bool known = false;
    if (const auto named = check.named.find(it.key()); named != check.named.end()) {
      known = true;
      good = this->check(*named->second, *it, member, nullptr) && good;
    }
    for (const auto& [pattern, node] : check.by_pattern) {
      if (!matches(*pattern, it.key())) continue;
      known = true;
      good = this->check(*node, *it, member, nullptr) && good;
    }
    if (!known && check.rest != nullptr) {
      known = true;
      if (check.rest->refuses_all) {
        Check others;
        others.name = "additionalProperties";
        good = fault(others, *check.rest, value, place, "is not known here", it.key());
      } else {
        good = this->check(*check.rest, *it, member, nullptr) && good;
      }
    }
    if (known && evaluated != nullptr) evaluated->properties.insert(it.key());
    if (!good && findings_ == nullptr) return false;
  }
  return good;
}

bool Evaluator::dependent(const Check& check, const Node& node, const Json& value,
                          const Place& place, Evaluated* evaluated) {
  bool good = true;
  for (auto it = check.operand->begin(); it != check.operand->end(); ++it) {
    if (!value.contains(it.key())) continue;
    if (const auto schema = check.named.find(it.key()); schema != check.named.end()) {
      good = in_place(*schema->second, value, place, evaluated) && good;
      continue;
    }
    for (const Json& name : *it) {
      if (name.is_string() && !value.contains(name.get_ref<const std::string&>())) {
        good = fault(check, node, value, place,
                     fmt::format("is required because '{}' is given", it.key()),
                     name.get<std::string>());
      }
    }
  }
  return good;
}

bool Evaluator::unevaluated(const Check& check, const Json& value, const Place& place,
                            Evaluated& evaluated) {
  bool good = true;
  const Node& node = *check.nodes.front();
  if (check.keyword == Keyword::unevaluated_items) {
    for (std::size_t i = 0; i < value.size() && !evaluated.all_items; ++i) {
      if (!evaluated.items.contains(i))
        good = this->check(node, value[i], Place{&place, {}, i, true}, nullptr) && good;
    }
    evaluated.all_items = true;
    return good;
  }
  for (auto it = value.begin(); it != value.end() && !evaluated.all_properties; ++it) {
    if (!evaluated.properties.contains(it.key()))
      good = this->check(node, *it, Place{&place, it.key(), 0, false}, nullptr) && good;
  }
  evaluated.all_properties = true;
  return good;
}

}  // namespace weir::schema
