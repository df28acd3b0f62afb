#include "base/error.hpp"
#include "lang/exceptions.hpp"
#include "schema/internal/compiled.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

// Keywords to checks. What a schema refers to is found in references.cpp.

namespace weir::schema {
namespace {

constexpr int k_chain_max = 1'000;

enum class Operand { any, schema, schemas, schema_map, text, texts, number, count, boolean, array };

struct KeywordRow {
  std::string_view name;
  Keyword keyword;
  Operand operand;
};

constexpr std::array k_keywords = {
    KeywordRow{"type", Keyword::type, Operand::any},
    KeywordRow{"enum", Keyword::enumeration, Operand::array},
    KeywordRow{"const", Keyword::constant, Operand::any},
    KeywordRow{"multipleOf", Keyword::multiple_of, Operand::number},
    KeywordRow{"minimum", Keyword::minimum, Operand::number},
    KeywordRow{"exclusiveMinimum", Keyword::exclusive_minimum, Operand::number},
    KeywordRow{"maximum", Keyword::maximum, Operand::number},
    KeywordRow{"exclusiveMaximum", Keyword::exclusive_maximum, Operand::number},
    KeywordRow{"minLength", Keyword::min_length, Operand::count},
    KeywordRow{"maxLength", Keyword::max_length, Operand::count},
    KeywordRow{"pattern", Keyword::pattern, Operand::text},
    KeywordRow{"format", Keyword::format, Operand::text},
    KeywordRow{"exists", Keyword::exists, Operand::boolean},
    KeywordRow{"schema", Keyword::content, Operand::text},
    KeywordRow{"deprecated", Keyword::deprecated, Operand::boolean},
    KeywordRow{"minItems", Keyword::min_items, Operand::count},
    KeywordRow{"maxItems", Keyword::max_items, Operand::count},
    KeywordRow{"uniqueItems", Keyword::unique_items, Operand::boolean},
    KeywordRow{"uniqueEntries", Keyword::unique_entries, Operand::texts},
    KeywordRow{"contains", Keyword::contains, Operand::schema},
    KeywordRow{"minProperties", Keyword::min_properties, Operand::count},
    KeywordRow{"maxProperties", Keyword::max_properties, Operand::count},
    KeywordRow{"required", Keyword::required, Operand::texts},
    KeywordRow{"propertyNames", Keyword::property_names, Operand::schema},
    KeywordRow{"dependentRequired", Keyword::dependent_required, Operand::any},
    KeywordRow{"dependentSchemas", Keyword::dependent_schemas, Operand::schema_map},
    KeywordRow{"dependencies", Keyword::dependent_schemas, Operand::any},
    KeywordRow{"allOf", Keyword::all_of, Operand::schemas},
    KeywordRow{"anyOf", Keyword::any_of, Operand::schemas},
    KeywordRow{"oneOf", Keyword::one_of, Operand::schemas},
    KeywordRow{"not", Keyword::negation, Operand::schema},
    KeywordRow{"if", Keyword::condition, Operand::schema},
    KeywordRow{"unevaluatedItems", Keyword::unevaluated_items, Operand::schema},
    KeywordRow{"unevaluatedProperties", Keyword::unevaluated_properties, Operand::schema},
};

/// Those that are read elsewhere, or that a validator need not look at.
constexpr std::array<std::string_view, 32> k_other_keywords = {"$anchor",
                                                               "$comment",
                                                               "$defs",
                                                               "$dynamicAnchor",
                                                               "$dynamicRef",
                                                               "$id",
                                                               "$ref",
                                                               "$schema",
                                                               "additionalItems",
                                                               "additionalProperties",
                                                               "default",
                                                               "definitions",
                                                               "description",
                                                               "else",
                                                               "errorMessage",
                                                               "examples",
                                                               "fa_icon",
                                                               "help_text",
                                                               "hidden",
                                                               "items",
                                                               "maxContains",
                                                               "meta",
                                                               "mimetype",
                                                               "minContains",
                                                               "patternProperties",
                                                               "prefixItems",
                                                               "properties",
                                                               "readOnly",
                                                               "then",
                                                               "title",
                                                               "writeOnly",
                                                               "contentMediaType"};

bool is_schema(const Json& value) {
  return value.is_object() || value.is_boolean();
}

bool is_text(const Json& value) {
  return value.is_string();
}

bool fits(const Json& value, Operand operand) {
  switch (operand) {
    case Operand::any: return true;
    case Operand::schema: return is_schema(value);
    case Operand::schemas:
      return value.is_array() && std::all_of(value.begin(), value.end(), is_schema);
    case Operand::schema_map:
      return value.is_object() && std::all_of(value.begin(), value.end(), is_schema);
    case Operand::text: return value.is_string();
    case Operand::texts:
      return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
    case Operand::number: return value.is_number();
    case Operand::count: return type_of(value) == "integer" && value.get<double>() >= 0;
    case Operand::boolean: return value.is_boolean();
    case Operand::array: return value.is_array();
  }
  return false;
}

/// A member of `schema`, or nullptr.
const Json* member(const Json& schema, std::string_view name) {
  const auto found = schema.find(name);
  return found == schema.end() ? nullptr : &*found;
}

}  // namespace

bool is_known_keyword(std::string_view name) {
  return std::find(k_other_keywords.begin(), k_other_keywords.end(), name) !=
             k_other_keywords.end() ||
         std::any_of(k_keywords.begin(), k_keywords.end(),
                     [&](const KeywordRow& row) { return row.name == name; });
}

void Compiled::refuse(const std::string& why) const {
  throw Error(ErrorKind::input, why).add_context(fmt::format("the schema '{}'", what_));
}

lang::Ref<lang::PatternObject> Compiled::pattern_of(const std::string& text) {
  const auto known = patterns_.find(text);
  if (known != patterns_.end()) return known->second;
  const lang::Ref<lang::PatternObject> pattern = lang::make_pattern(text);
  try {
    static_cast<void>(lang::matches_fully(*pattern, ""));
  } catch (const lang::ScriptException& error) {
    refuse(fmt::format("the pattern '{}' is none: {}", text, error.message()));
  }
  return patterns_.emplace(text, pattern).first->second;
}

const Node* Compiled::compile(const Json& schema) {
  const auto [place, fresh] = nodes_.emplace(&schema, nullptr);
  if (!fresh) return place->second.get();
  place->second = std::make_unique<Node>();
  Node& node = *place->second;
  node.source = &schema;
  node.resource = where_.at(&schema);
  if (++depth_ > k_chain_max) refuse("its schemas refer to each other in too long a chain");
  if (schema.is_boolean()) {
    node.refuses_all = !schema.get<bool>();
  } else {
    fill(node);
  }
  --depth_;
  return &node;
}

void Compiled::fill(Node& node) {
  const Json& schema = *node.source;
  if (!schema.is_object()) refuse("a schema is an object or a boolean, not " + shown(schema));
  if (const Json* advice = member(schema, "errorMessage"); advice && advice->is_string())
    node.advice = advice->get_ref<const std::string&>();
  if (const Json* format = member(schema, "format"); format && format->is_string())
    node.format = format->get_ref<const std::string&>();
  // Draft-07, 8.3: what stands beside a $ref is ignored.
  const bool only_reference =
      node.resource->dialect == Dialect::draft_07 && schema.contains("$ref");
  for (auto it = schema.begin(); it != schema.end(); ++it) {
    if (!only_reference || it.key() == "$ref") compile_keyword(node, it.key(), *it);
  }
  if (!only_reference) {
    compile_items(node);
    compile_properties(node);
  }
  std::stable_sort(node.checks.begin(), node.checks.end(),
                   [](const Check& a, const Check& b) { return a.keyword < b.keyword; });
}

void Compiled::compile_keyword(Node& node, const std::string& name, const Json& value) {
  if (name == "$ref" || name == "$dynamicRef") return compile_reference(node, name, value);
  const auto* const row = std::find_if(k_keywords.begin(), k_keywords.end(),
                                       [&](const KeywordRow& known) { return known.name == name; });
  if (row == k_keywords.end()) return;
  // nf-schema's own word means nothing when it is no boolean ("exists": "true" in
  // nf-core/scrnaseq).
  if (row->keyword == Keyword::exists && !value.is_boolean()) return;
  if (!fits(value, row->operand))
    refuse(fmt::format("the value of '{}' is of the wrong kind: {}", name, shown(value)));
  Check check;
  check.keyword = row->keyword;
  check.name = row->name;
  check.operand = &value;
  if (row->operand == Operand::schema) check.nodes.push_back(compile(value));
  if (row->operand == Operand::schemas) {
    for (const Json& part : value) check.nodes.push_back(compile(part));
  }
  if (row->keyword == Keyword::dependent_schemas && value.is_object()) {
    // Draft-07's `dependencies` holds lists of names too; those are read from the operand.
    for (auto it = value.begin(); it != value.end(); ++it) {
      if (is_schema(*it)) check.named.emplace(it.key(), compile(*it));
    }
  }
  if (row->keyword == Keyword::pattern)
    check.pattern = pattern_of(value.get_ref<const std::string&>());
  if (row->keyword == Keyword::condition) {
    for (const std::string_view branch : {"then", "else"}) {
      const Json* const schema = member(*node.source, branch);
      check.nodes.push_back(schema == nullptr ? nullptr : compile(*schema));
    }
  }
  if (row->keyword == Keyword::contains) {
    const Json* const least = member(*node.source, "minContains");
    const Json* const most = member(*node.source, "maxContains");
    const bool counted = node.resource->dialect == Dialect::draft_2020_12;
    check.least = counted && least != nullptr ? static_cast<std::int64_t>(least->get<double>()) : 1;
    check.most = counted && most != nullptr ? static_cast<std::int64_t>(most->get<double>()) : -1;
  }
  node.checks.push_back(std::move(check));
}

/// `prefixItems` and `items`, or draft-07's `items` as a list and `additionalItems`, as one check.
void Compiled::compile_items(Node& node) {
  const Json* const items = member(*node.source, "items");
  const Json* prefix = member(*node.source, "prefixItems");
  const Json* rest = items;
  if (items != nullptr && items->is_array()) {
    prefix = items;
    rest = member(*node.source, "additionalItems");
  }
  if (prefix == nullptr && rest == nullptr) return;
  Check check;
  check.keyword = Keyword::items;
  check.name = "items";
  if (prefix != nullptr) {
    if (!fits(*prefix, Operand::schemas)) refuse("the prefix of 'items' is no list of schemas");
    for (const Json& part : *prefix) check.nodes.push_back(compile(part));
  }
  if (rest != nullptr) check.rest = compile(*rest);
  node.checks.push_back(std::move(check));
}

void Compiled::compile_properties(Node& node) {
  const Json* const named = member(*node.source, "properties");
  const Json* const patterns = member(*node.source, "patternProperties");
  const Json* const others = member(*node.source, "additionalProperties");
  if (named == nullptr && patterns == nullptr && others == nullptr) return;
  Check check;
  check.keyword = Keyword::properties;
  check.name = "properties";
  for (const Json* const map : {named, patterns}) {
    if (map != nullptr && !fits(*map, Operand::schema_map))
      refuse("'properties' and 'patternProperties' map names to schemas");
  }
  if (named != nullptr) {
    for (auto it = named->begin(); it != named->end(); ++it)
      check.named.emplace(it.key(), compile(*it));
  }
  if (patterns != nullptr) {
    for (auto it = patterns->begin(); it != patterns->end(); ++it)
      check.by_pattern.emplace_back(pattern_of(it.key()), compile(*it));
  }
  if (others != nullptr) check.rest = compile(*others);
  node.checks.push_back(std::move(check));
}

}  // namespace weir::schema
