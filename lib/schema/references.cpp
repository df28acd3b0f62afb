#include "base/error.hpp"
#include "base/text.hpp"
#include "schema/internal/compiled.hpp"
#include "schema/uri.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <optional>

// Documents, their URIs and anchors, and what references lead to (json-schema-core, sections 8
// and 9).

namespace weir::schema {
namespace {

enum class Children { one, list, map, one_or_list };
struct ChildRow {
  std::string_view name;
  Children children;
};
/// The keywords below which there are schemas; `$id` has a meaning only there.
constexpr std::array k_children = {
    ChildRow{"$defs", Children::map},
    ChildRow{"additionalItems", Children::one},
    ChildRow{"additionalProperties", Children::one},
    ChildRow{"allOf", Children::list},
    ChildRow{"anyOf", Children::list},
    ChildRow{"contains", Children::one},
    ChildRow{"definitions", Children::map},
    ChildRow{"dependencies", Children::map},
    ChildRow{"dependentSchemas", Children::map},
    ChildRow{"else", Children::one},
    ChildRow{"if", Children::one},
    ChildRow{"items", Children::one_or_list},
    ChildRow{"not", Children::one},
    ChildRow{"oneOf", Children::list},
    ChildRow{"patternProperties", Children::map},
    ChildRow{"prefixItems", Children::list},
    ChildRow{"properties", Children::map},
    ChildRow{"propertyNames", Children::one},
    ChildRow{"then", Children::one},
    ChildRow{"unevaluatedItems", Children::one},
    ChildRow{"unevaluatedProperties", Children::one},
};

const std::string* text_member(const Json& schema, std::string_view name) {
  const auto found = schema.find(name);
  return found == schema.end() || !found->is_string() ? nullptr
                                                      : &found->get_ref<const std::string&>();
}

/// Nothing for a dialect that is not known.
std::optional<Dialect> dialect_of(std::string_view uri) {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  if (uri == "https://json-schema.org/draft/2020-12/schema") return Dialect::draft_2020_12;
  if (uri == "http://json-schema.org/draft-07/schema" ||
      uri == "https://json-schema.org/draft-07/schema")
    return Dialect::draft_07;
  return std::nullopt;
}

}  // namespace

Compiled::Compiled(std::string_view text, const std::string& what,
                   const JsonSchema::Options& options)
    : options_(options), what_(what) {
  const Resource& resource = add_document(text, what);
  root_ = compile(*resource.root);
}

Compiled::~Compiled() = default;

const Node* Compiled::node_of(const Json* source) const {
  const auto found = nodes_.find(source);
  return found == nodes_.end() ? nullptr : found->second.get();
}

Resource& Compiled::add_document(std::string_view text, const std::string& uri) {
  documents_.push_back(std::make_unique<Json>(parse_json(text, uri)));
  const Json& root = *documents_.back();
  Resource& resource = resources_.emplace_back();
  resource.uri = uri;
  resource.root = &root;
  if (resources_.size() > 1) resource.dialect = resources_.front().dialect;
  by_uri_.emplace(uri, &resource);
  index(root, resource);
  return *where_.at(&root);
}

void Compiled::index(const Json& schema, Resource& resource) {
  Resource* here = &resource;
  if (!where_.emplace(&schema, here).second || !schema.is_object()) {
    return;
  }
  const bool is_root = resource.root == &schema;
  if (const std::string* const dialect = text_member(schema, "$schema")) {
    const std::optional<Dialect> known = dialect_of(*dialect);
    if (!known && is_root) {
      throw Error(ErrorKind::input,
                  fmt::format("the schema '{}' is of the dialect '{}'", what_, *dialect))
          .with_hint("weir reads drafts 2020-12 and 07");
    }
    if (known) resource.dialect = *known;
  }
  const bool is_old = resource.dialect == Dialect::draft_07;
  const std::string* const id = text_member(schema, "$id");
  if (id != nullptr && !(is_old && schema.contains("$ref"))) {
    const SplitUri own = split_fragment(*id);
    if (!own.document.empty()) {
      here = is_root ? &resource : &resources_.emplace_back();
      here->uri = resolve_uri(resource.uri, own.document);
      here->root = &schema;
      here->dialect = resource.dialect;
      by_uri_.insert_or_assign(here->uri, here);
      where_[&schema] = here;
    }
    if (is_old && !own.fragment.empty()) here->anchors.emplace(own.fragment, &schema);
  }
  if (const std::string* const anchor = text_member(schema, "$anchor"))
    here->anchors.emplace(*anchor, &schema);
  if (const std::string* const anchor = text_member(schema, "$dynamicAnchor")) {
    here->anchors.emplace(*anchor, &schema);
    here->dynamic_anchors.emplace(*anchor, &schema);
  }
  index_children(schema, *here);
}

void Compiled::index_children(const Json& schema, Resource& resource) {
  for (const ChildRow& row : k_children) {
    const auto found = schema.find(row.name);
    if (found == schema.end()) continue;
    const bool list = row.children == Children::list || row.children == Children::one_or_list;
    if (row.children == Children::one ||
        (row.children == Children::one_or_list && !found->is_array())) {
      index(*found, resource);
    } else if ((list && found->is_array()) ||
               (row.children == Children::map && found->is_object())) {
      for (const Json& child : *found) index(child, resource);
    }
  }
}

const Json* Compiled::walk(const Json& from, std::string_view pointer) {
  const Json* here = &from;
  if (pointer.starts_with('/')) pointer.remove_prefix(1);
  if (pointer.empty()) return here;
  for (const std::string_view part : base::split(pointer, '/')) {
    const std::string name =
        base::replace_all(base::replace_all(std::string(part), "~1", "/"), "~0", "~");
    if (here->is_object()) {
      const auto found = here->find(name);
      if (found == here->end()) return nullptr;
      here = &*found;
    } else if (here->is_array()) {
      const auto index = base::parse_int64(name);
      if (!index || *index < 0 || static_cast<std::size_t>(*index) >= here->size()) return nullptr;
      here = &(*here)[static_cast<std::size_t>(*index)];
    } else {
      return nullptr;
    }
  }
  return here;
}

const Json* Compiled::find(std::string_view pointer) const {
  const Json* here = &source();
  for (const std::string_view part : base::split(pointer, '/')) {
    if (part.empty()) continue;
    for (int hops = 0; hops < k_depth_max && here->is_object(); ++hops) {
      const Node* const node = node_of(here);
      if (node == nullptr || here->contains(std::string(part)) || node->checks.empty() ||
          node->checks.front().keyword != Keyword::reference)
        break;
      here = node->checks.front().nodes.front()->source;
    }
    here = walk(*here, part);
    if (here == nullptr) return nullptr;
  }
  return here;
}

Resource& Compiled::resource_of(const std::string& uri, const Node& from) {
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return *known->second;
  std::optional<std::string> text;
  if (options_.load) text = options_.load(uri);
  if (!text) {
    refuse(fmt::format("the reference '{}' in '{}' leads to nothing that can be read", uri,
                       from.resource->uri));
  }
  return add_document(*text, uri);
}

const Json& Compiled::target_of(const std::string& uri, const Node& from) {
  const SplitUri split = split_fragment(uri);
  Resource& resource = resource_of(std::string(split.document), from);
  const Json* target = nullptr;
  if (split.fragment.empty()) {
    target = resource.root;
  } else if (split.fragment.front() == '/') {
    target = walk(*resource.root, split.fragment);
  } else if (const auto anchor = resource.anchors.find(split.fragment);
             anchor != resource.anchors.end()) {
    target = anchor->second;
  }
  if (target == nullptr) refuse(fmt::format("the reference '{}' leads to nothing", uri));
  // A schema below a keyword that is not known has not been seen yet.
  if (!where_.contains(target)) index(*target, resource);
  return *target;
}

void Compiled::compile_reference(Node& node, const std::string& name, const Json& value) {
  if (!value.is_string()) refuse(fmt::format("'{}' needs a text", name));
  const std::string uri = resolve_uri(node.resource->uri, value.get_ref<const std::string&>());
  const Json& target = target_of(uri, node);
  Check check;
  check.keyword = name == "$ref" ? Keyword::reference : Keyword::dynamic_reference;
  check.name = name == "$ref" ? "$ref" : "$dynamicRef";
  check.operand = &value;
  check.nodes.push_back(compile(target));
  // Core, 8.2.3.2: it is dynamic only when it first leads to a dynamic anchor of that name.
  if (check.keyword == Keyword::dynamic_reference) {
    const std::string fragment = split_fragment(uri).fragment;
    const Resource& home = *where_.at(&target);
    if (const auto anchor = home.dynamic_anchors.find(fragment);
        anchor != home.dynamic_anchors.end()) {
      check.anchor = anchor->first;
      // Any resource may be entered on the way: all anchors of this name are made ready.
      for (const Resource& resource : resources_) {
        if (const auto other = resource.dynamic_anchors.find(fragment);
            other != resource.dynamic_anchors.end())
          static_cast<void>(compile(*other->second));
      }
    }
  }
  node.checks.push_back(std::move(check));
}

}  // namespace weir::schema
