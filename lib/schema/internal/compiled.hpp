#pragma once

#include "lang/matching.hpp"
#include "schema/json_schema.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::schema {

// A schema is compiled once: each (sub)schema is a Node, each keyword in it a Check with what it
// needs at hand, so that a sheet of a million rows is checked without a look at the schema's text.

/// In the order in which a value is checked; `unevaluated*` see what all others accepted.
enum class Keyword {
  reference,
  dynamic_reference,
  type,
  enumeration,
  constant,
  multiple_of,
  minimum,
  exclusive_minimum,
  maximum,
  exclusive_maximum,
  min_length,
  max_length,
  pattern,
  format,
  exists,
  content,  ///< `schema`: of the content of the named file
  deprecated,
  min_items,
  max_items,
  unique_items,
  unique_entries,
  items,  ///< with prefixItems and additionalItems
  contains,
  min_properties,
  max_properties,
  required,
  property_names,
  properties,  ///< with patternProperties and additionalProperties
  dependent_required,
  dependent_schemas,
  all_of,
  any_of,
  one_of,
  negation,
  condition,
  unevaluated_items,
  unevaluated_properties,
};

enum class Dialect { draft_2020_12, draft_07 };

/// A schema with a URI of its own, and what is found in it by name.
struct Resource {
  std::string uri;  ///< without fragment
  const Json* root = nullptr;
  Dialect dialect = Dialect::draft_2020_12;
  std::map<std::string, const Json*, std::less<>> anchors;
  std::map<std::string, const Json*, std::less<>> dynamic_anchors;
};

struct Node;

struct Check {
  Keyword keyword = Keyword::type;
  std::string_view name;          ///< as written
  const Json* operand = nullptr;  ///< the keyword's value
  /// Alternatives, prefix items, `if then else` (nullptr: not there).
  std::vector<const Node*> nodes;
  const Node* rest = nullptr;  ///< items beyond the prefix, additional properties
  std::unordered_map<std::string_view, const Node*> named;
  std::vector<std::pair<lang::Ref<lang::PatternObject>, const Node*>> by_pattern;
  lang::Ref<lang::PatternObject> pattern;
  std::string_view anchor;  ///< of a dynamic reference; empty: it is an ordinary one
  std::int64_t least = 0;   ///< of `contains`
  std::int64_t most = -1;   ///< of `contains`; -1: any number
};

struct Node {
  bool refuses_all = false;  ///< the schema `false`
  const Json* source = nullptr;
  const Resource* resource = nullptr;
  std::string_view advice;  ///< `errorMessage`
  std::string_view format;  ///< so that `exists` and `pattern` know of paths
  std::vector<Check> checks;
};

/// A keyword that is checked, or that says something to people or programs; others are ignored.
[[nodiscard]] bool is_known_keyword(std::string_view name);

/// All documents, resources and nodes of one schema. Addresses are fixed.
class Compiled {
 public:
  Compiled(std::string_view text, const std::string& what, const JsonSchema::Options& options);
  ~Compiled();

  [[nodiscard]] const Node& root() const { return *root_; }
  [[nodiscard]] const Json& source() const { return *documents_.front(); }
  /// The node of a schema that dynamic references may lead to; nullptr when it was not compiled.
  [[nodiscard]] const Node* node_of(const Json* source) const;
  [[nodiscard]] const Json* find(std::string_view pointer) const;
  /// Follows `pointer` from `from`; nullptr when there is nothing.
  static const Json* walk(const Json& from, std::string_view pointer);

 private:
  Resource& add_document(std::string_view text, const std::string& uri);
  void index(const Json& schema, Resource& resource);
  void index_children(const Json& schema, Resource& resource);
  const Node* compile(const Json& schema);
  void fill(Node& node);
  void compile_keyword(Node& node, const std::string& name, const Json& value);
  void compile_reference(Node& node, const std::string& name, const Json& value);
  void compile_items(Node& node);
  void compile_properties(Node& node);
  const Json& target_of(const std::string& uri, const Node& from);
  Resource& resource_of(const std::string& uri, const Node& from);
  lang::Ref<lang::PatternObject> pattern_of(const std::string& text);
  [[noreturn]] void refuse(const std::string& why) const;

  const JsonSchema::Options& options_;
  std::string what_;
  std::deque<std::unique_ptr<Json>> documents_;
  std::deque<Resource> resources_;
  std::map<std::string, Resource*, std::less<>> by_uri_;
  std::unordered_map<const Json*, Resource*> where_;
  std::unordered_map<const Json*, std::unique_ptr<Node>> nodes_;
  std::map<std::string, lang::Ref<lang::PatternObject>> patterns_;
  const Node* root_ = nullptr;
  int depth_ = 0;
};

}  // namespace weir::schema
