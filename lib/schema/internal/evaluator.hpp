#pragma once

#include "schema/internal/compiled.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::schema {

/// Where a value stands in the document: a chain on the stack, so that a place costs nothing until
/// a fault needs it.
struct Place {
  const Place* outer = nullptr;
  std::string_view name;  ///< member; unused in a list
  std::size_t index = 0;
  bool is_index = false;

  [[nodiscard]] std::string pointer() const;
};

/// What the keywords of a schema have accepted of a value, for `unevaluated*`.
struct Evaluated {
  bool all_properties = false;
  bool all_items = false;
  std::set<std::string_view> properties;
  std::set<std::size_t> items;

  void add(const Evaluated& other);
};

/// One pass over one document.
class Evaluator {
 public:
  Evaluator(const Compiled& compiled, const JsonSchema::Options& options)
      : compiled_(compiled), options_(options) {}
  Findings run(const Json& document);

 private:
  /// Faults go to `findings_` when there is one; `evaluated` may be null.
  bool check(const Node& node, const Json& value, const Place& place, Evaluated* evaluated);
  bool check_one(const Check& check, const Node& node, const Json& value, const Place& place,
                 Evaluated* evaluated);
  bool check_scalar(const Check& check, const Node& node, const Json& value, const Place& place);
  bool check_number(const Check& check, const Node& node, const Json& value, const Place& place);
  bool check_text(const Check& check, const Node& node, const Json& value, const Place& place);
  bool check_array(const Check& check, const Node& node, const Json& value, const Place& place,
                   Evaluated* evaluated);
  bool check_object(const Check& check, const Node& node, const Json& value, const Place& place,
                    Evaluated* evaluated);
  bool check_logic(const Check& check, const Node& node, const Json& value, const Place& place,
                   Evaluated* evaluated);

  bool type(const Check& check, const Node& node, const Json& value, const Place& place);
  /// Some part of the text matches; throws Error (input) when that takes too long.
  static bool matches(lang::PatternObject& pattern, const std::string& text);
  bool format(const Check& check, const Node& node, const Json& value, const Place& place);
  bool exists(const Check& check, const Node& node, const Json& value, const Place& place);
  bool content(const Check& check, const Node& node, const Json& value, const Place& place);
  bool unique(const Check& check, const Node& node, const Json& value, const Place& place);
  bool items(const Check& check, const Json& value, const Place& place, Evaluated* evaluated);
  bool contains(const Check& check, const Node& node, const Json& value, const Place& place,
                Evaluated* evaluated);
  bool properties(const Check& check, const Json& value, const Place& place, Evaluated* evaluated);
  bool dependent(const Check& check, const Node& node, const Json& value, const Place& place,
                 Evaluated* evaluated);
  bool required(const Check& check, const Node& node, const Json& value, const Place& place);
  bool unevaluated(const Check& check, const Json& value, const Place& place, Evaluated& evaluated);
  bool alternatives(const Check& check, const Node& node, const Json& value, const Place& place,
                    Evaluated* evaluated);
  const Node& dynamic_target(const Check& check) const;

  /// Like `check`, but what the node accepts counts only when it accepts the value.
  bool in_place(const Node& node, const Json& value, const Place& place, Evaluated* evaluated);
  /// Without a word about faults.
  bool silently(const Node& node, const Json& value, const Place& place, Evaluated* evaluated);
  /// The faults of `node` alone.
  Findings apart(const Node& node, const Json& value, const Place& place);

  /// Adds a fault and says false.
  bool fault(const Check& check, const Node& node, const Json& value, const Place& place,
             std::string message, std::string property = {});
  void note(Fault::Severity severity, const Check& check, const Json& value, const Place& place,
            std::string message);

  const Compiled& compiled_;
  const JsonSchema::Options& options_;
  Findings* findings_ = nullptr;
  std::vector<const Resource*> scope_;  ///< the resources entered, outermost first
  std::size_t steps_left_ = 0;
  int depth_ = 0;
};

}  // namespace weir::schema
