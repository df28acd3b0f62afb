#include "schema/internal/evaluator.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

// Keywords that apply other schemas to the same value.

namespace weir::schema {

void Evaluated::add(const Evaluated& other) {
  all_properties = all_properties || other.all_properties;
  all_items = all_items || other.all_items;
  properties.insert(other.properties.begin(), other.properties.end());
  items.insert(other.items.begin(), other.items.end());
}

bool Evaluator::in_place(const Node& node, const Json& value, const Place& place,
                         Evaluated* evaluated) {
  if (evaluated == nullptr) return check(node, value, place, nullptr);
  Evaluated own;
  const bool good = check(node, value, place, &own);
  if (good) evaluated->add(own);
  return good;
}

bool Evaluator::silently(const Node& node, const Json& value, const Place& place,
                         Evaluated* evaluated) {
  Findings* const findings = findings_;
  findings_ = nullptr;
  const bool good = in_place(node, value, place, evaluated);
  findings_ = findings;
  return good;
}

Findings Evaluator::apart(const Node& node, const Json& value, const Place& place) {
  Findings own;
  Findings* const findings = findings_;
  findings_ = &own;
  static_cast<void>(check(node, value, place, nullptr));
  findings_ = findings;
  return own;
}

const Node& Evaluator::dynamic_target(const Check& check) const {
  // Core, 8.2.3.2: the outermost resource in the dynamic scope that has the anchor.
  if (!check.anchor.empty()) {
    for (const Resource* const resource : scope_) {
      const auto anchor = resource->dynamic_anchors.find(check.anchor);
      if (anchor == resource->dynamic_anchors.end()) continue;
      if (const Node* const node = compiled_.node_of(anchor->second)) return *node;
    }
  }
  return *check.nodes.front();
}

bool Evaluator::check_logic(const Check& check, const Node& node, const Json& value,
                            const Place& place, Evaluated* evaluated) {
  switch (check.keyword) {
    case Keyword::reference: return in_place(*check.nodes.front(), value, place, evaluated);
    case Keyword::dynamic_reference:
      return in_place(dynamic_target(check), value, place, evaluated);
    case Keyword::all_of: {
      bool good = true;
      for (const Node* const part : check.nodes) {
        good = in_place(*part, value, place, evaluated) && good;
        if (!good && findings_ == nullptr) return false;
      }
      return good;
    }
    case Keyword::negation:
      return !silently(*check.nodes.front(), value, place, nullptr) ||
             fault(check, node, value, place, "is just what is not allowed here");
    case Keyword::condition: {
      const bool holds = silently(*check.nodes[0], value, place, evaluated);
      const Node* const branch = check.nodes[holds ? 1 : 2];
      return branch == nullptr || in_place(*branch, value, place, evaluated);
    }
    default: return alternatives(check, node, value, place, evaluated);
  }
}

/// `anyOf` and `oneOf`. What each alternative lacks is told in one fault: each by itself would look
/// like something that must be mended.
bool Evaluator::alternatives(const Check& check, const Node& node, const Json& value,
                             const Place& place, Evaluated* evaluated) {
  const bool exactly_one = check.keyword == Keyword::one_of;
  std::size_t fitting = 0;
  for (const Node* const part : check.nodes) {
    if (silently(*part, value, place, evaluated)) ++fitting;
    // Every alternative that fits counts as evaluated, so none may be passed over then.
    if (fitting != 0 && !exactly_one && evaluated == nullptr) return true;
  }
  if (fitting == 1 || (fitting != 0 && !exactly_one)) return true;
  if (findings_ == nullptr) return false;
  if (fitting > 1) {
    return fault(check, node, value, place,
                 fmt::format("fits {} alternatives of which it may fit only one", fitting));
  }
  std::vector<std::string> reasons;
  for (const Node* const part : check.nodes) {
    std::vector<std::string> own;
    for (const Fault& fault : apart(*part, value, place).faults) {
      std::string name = parameter_name(fault);
      const std::string here = parameter_name({.pointer = place.pointer()});
      if (name == here) name.clear();
      own.push_back(name.empty() ? fault.message : fmt::format("'{}' {}", name, fault.message));
    }
    std::string reason = base::join(own, ", ");
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end())
      reasons.push_back(std::move(reason));
  }
  return fault(check, node, value, place,
               reasons.size() == 1 ? reasons.front()
                                   : "fits no alternative: " + base::join(reasons, "; or "));
}

}  // namespace weir::schema
