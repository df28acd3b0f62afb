#include "schema/parameter_schema.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "schema/internal/compiled.hpp"
#include "schema/sample_sheet.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace weir::schema {
namespace {

namespace fs = std::filesystem;

/// Options of `run` that people write with two dashes, which makes parameters of them.
constexpr std::array<std::string_view, 22> k_run_options = {
    "ansi-log",    "cache",       "dump-channels", "dump-hashes",      "main-script",
    "name",        "params-file", "profile",       "queue-size",       "resume",
    "revision",    "stub",        "stub-run",      "with-conda",       "with-dag",
    "with-docker", "with-podman", "with-report",   "with-singularity", "with-timeline",
    "with-trace",  "work-dir"};

std::string text_of(const Json& definition, std::string_view name) {
  const auto found = definition.find(name);
  return found == definition.end() ? std::string() : shown(*found, 100'000);
}

bool flag_of(const Json& definition, std::string_view name) {
  const auto found = definition.find(name);
  return found != definition.end() && found->is_boolean() && found->get<bool>();
}

bool lists(const Json& object, std::string_view keyword, const std::string& name) {
  const auto list = object.find(keyword);
  return list != object.end() && list->is_array() &&
         std::find(list->begin(), list->end(), Json(name)) != list->end();
}

std::string type_text(const Json& definition) {
  const auto type = definition.find("type");
  if (type == definition.end()) return "";
  if (!type->is_array()) return shown(*type);
  std::vector<std::string> types;
  for (const Json& one : *type) types.push_back(shown(one));
  return base::join(types, " or ");
}

/// The parameters of an object schema; `prefix` ends with a dot or is empty.
std::vector<Parameter> parameters_of(const Json& object, const std::string& prefix, int depth) {
  std::vector<Parameter> parameters;
  const auto properties = object.find("properties");
  if (properties == object.end() || !properties->is_object() || depth > 16) return parameters;
  for (auto it = properties->begin(); it != properties->end(); ++it) {
    if (!it->is_object()) continue;
    Parameter parameter;
    parameter.name = prefix + it.key();
    parameter.definition = &*it;
    parameter.type = type_text(*it);
    parameter.format = text_of(*it, "format");
    parameter.description = text_of(*it, "description");
    parameter.help_text = text_of(*it, "help_text");
    parameter.has_default = it->contains("default");
    parameter.default_text = text_of(*it, "default");
    if (const auto accepted = it->find("enum"); accepted != it->end() && accepted->is_array()) {
      for (const Json& value : *accepted) parameter.accepted.push_back(shown(value));
    }
    parameter.is_required = lists(object, "required", it.key());
    parameter.is_hidden = flag_of(*it, "hidden");
    parameter.is_deprecated = flag_of(*it, "deprecated");
    parameter.is_secret = flag_of(*it, "writeOnly") || parameter.format == "password";
    parameter.members = parameters_of(*it, parameter.name + ".", depth + 1);
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

const Parameter* find_in(const std::vector<Parameter>& parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return &parameter;
    if (name.starts_with(parameter.name + ".")) return find_in(parameter.members, name);
  }
  return nullptr;
}

template <typename Wanted>
void names_in(const std::vector<Parameter>& parameters, std::vector<std::string>& names,
              Wanted wanted) {
  for (const Parameter& parameter : parameters) {
    if (wanted(parameter)) names.push_back(parameter.name);
    names_in(parameter.members, names, wanted);
  }
}

template <typename Wanted>
std::vector<std::string> names_in(const std::vector<ParameterGroup>& groups, Wanted wanted) {
  std::vector<std::string> names;
  for (const ParameterGroup& group : groups) names_in(group.parameters, names, wanted);
  return names;
}

bool is_any(const Parameter&) {
  return true;
}

bool is_ignored(const std::string& name, const std::vector<std::string>& ignored) {
  return std::any_of(ignored.begin(), ignored.end(), [&](const std::string& one) {
    return name == one || name.starts_with(one + ".");
  });
}

}  // namespace

std::string camel_case(std::string_view name) {
  std::string result;
  bool upper = false;
  for (const char c : name) {
    if (c != '-') result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '-';
  }
  return result;
}

struct ParameterSchema::State {
  State(std::string_view text, const std::string& name, Options given)
      : options(std::move(given)), what(name), schema(text, name, schema_options()) {
    const Json& source = schema.source();
    if (!source.is_object())
      throw Error(ErrorKind::input, fmt::format("the schema '{}' is no object", what));
    add_groups(source);
  }

  JsonSchema::Options schema_options() {
    JsonSchema::Options result;
    result.lenient = options.lenient;
    result.only_int64 = true;
    result.files = options.files;
    if (options.files == nullptr) return result;
    result.load = [this](const std::string& uri) -> std::optional<std::string> {
      const std::optional<std::string> path = inside(uri);
      if (!path || options.files->kind(*path) != Files::Kind::file) return std::nullopt;
      return options.files->read(*path);
    };
    result.check_content = [this](const std::string& file, const std::string& rules) {
      return check_sheet_file(file, schema_place(options.project_dir, rules, *options.files),
                              *options.files);
    };
    return result;
  }

  /// A path within the project; schemas come from strangers and shall not read anything else.
  [[nodiscard]] std::optional<std::string> inside(const std::string& uri) const {
    const fs::path root = fs::path(options.project_dir).lexically_normal();
    const fs::path path = (root / uri).lexically_normal();
    const fs::path relative = path.lexically_relative(root);
    if (relative.empty() || *relative.begin() == "..") return std::nullopt;
    return path.string();
  }

  void add_groups(const Json& source) {
    groups.push_back({"", "", true, parameters_of(source, "", 0)});
    std::vector<std::string> enforced;
    if (const auto all = source.find("allOf"); all != source.end() && all->is_array()) {
      for (const Json& part : *all) {
        const std::string reference = part.is_object() ? text_of(part, "$ref") : "";
        if (!reference.empty()) enforced.push_back(reference.substr(reference.rfind('/') + 1));
      }
    }
    for (const char* const keyword : {"$defs", "definitions", "defs"}) {
      const auto all = source.find(keyword);
      if (all == source.end() || !all->is_object()) continue;
      for (const std::string& name : enforced) {
        if (all->contains(name)) add_group(name, (*all)[name], true);
      }
      for (auto it = all->begin(); it != all->end(); ++it) {
        if (std::find(enforced.begin(), enforced.end(), it.key()) == enforced.end())
          add_group(it.key(), *it, false);
      }
    }
  }

  void add_group(const std::string& name, const Json& definition, bool is_enforced) {
    if (!definition.is_object()) return;
    const std::string title = text_of(definition, "title");
    groups.push_back({title.empty() ? name : title, text_of(definition, "description"), is_enforced,
                      parameters_of(definition, "", 0)});
  }

  [[nodiscard]] const Parameter* find(std::string_view name) const {
    for (const ParameterGroup& group : groups) {
      if (const Parameter* const found = find_in(group.parameters, name)) return found;
    }
    return nullptr;
  }

  /// Empty values go: like nulls they count as not given, and so does `false` where no boolean is
  /// wanted (`cleanParameters` of nf-schema 2.6, which drops every `false`). Texts of the command
  /// line become what the schema wants.
  void prepare(Json& object, const std::string& prefix, const CheckOptions& check) const {
    for (auto it = object.begin(); it != object.end();) {
      const std::string name = prefix + it.key();
      if (is_unset(*it, find(name))) {
        it = object.erase(it);
        continue;
      }
      if (it->is_object()) {
        prepare(*it, name + ".", check);
      } else if (it->is_string() && is_ignored(name, check.from_command_line)) {
        cast(*it, find(name));
      }
      ++it;
    }
  }

  static bool is_unset(const Json& value, const Parameter* parameter) {
    if (value == Json(false))
      return parameter != nullptr && !base::contains(parameter->type, "boolean");
    return value.is_string() ? value.get_ref<const std::string&>().empty() : value.empty();
  }

  static void cast(Json& value, const Parameter* parameter) {
    const auto text = value.get<std::string>();
    const std::string_view type = parameter == nullptr ? "" : std::string_view(parameter->type);
    if (base::contains(type, "string")) return;
    if (text == "true" || text == "false") {
      value = text == "true";
    } else if (const auto whole = base::parse_int64(text)) {
      value = *whole;
    } else if (type == "integer" && text.find_first_of(".eE") == std::string::npos) {
      return;  // digits that 64 bits do not hold are refused as they were written
    } else if (const auto number = base::parse_double(text)) {
      value = *number;
    }
  }

  /// nf-schema says nothing of a parameter that is `false`; what the user wrote is looked at here.
  static bool is_left_out(const std::string& name, const Json& value, const CheckOptions& check) {
    const auto& given = check.from_command_line;
    return value == Json(false) && std::find(given.begin(), given.end(), name) == given.end();
  }

  void find_unknown(const Json& object, const std::string& prefix, const CheckOptions& check,
                    Findings& findings) const {
    for (auto it = object.begin(); it != object.end(); ++it) {
      const std::string name = prefix + it.key();
      if (is_ignored(name, check.ignored) || is_left_out(name, *it, check)) continue;
      if (const Parameter* const known = find(name)) {
        if (!known->members.empty() && it->is_object())
          find_unknown(*it, name + ".", check, findings);
        continue;
      }
      const std::string camel = camel_case(name);
      if (camel != name && find(camel) != nullptr) continue;
      findings.add(unknown(name, *it, check));
    }
  }

  [[nodiscard]] Fault unknown(const std::string& name, const Json& value,
                              const CheckOptions& check) const {
    Fault fault;
    fault.pointer = "/" + base::replace_all(name, ".", "/");
    fault.value = shown(value);
    if (std::find(k_run_options.begin(), k_run_options.end(), name) != k_run_options.end()) {
      fault.keyword = "option";
      fault.message = fmt::format("is an option of the run, not a parameter: write -{}", name);
      return fault;
    }
    fault.keyword = "unknown";
    fault.message = "is not a parameter of this pipeline";
    if (const auto near = base::nearest(name, names_in(groups, is_any)))
      fault.message += fmt::format("; did you mean '--{}'", *near);
    if (check.unknown != Unknown::fail) fault.severity = Fault::Severity::warning;
    return fault;
  }

  Options options;
  std::string what;
  JsonSchema schema;
  std::vector<ParameterGroup> groups;
};

ParameterSchema::ParameterSchema(std::string_view text, const std::string& what, Options options)
    : state_(std::make_unique<State>(text, what, std::move(options))) {}
ParameterSchema::ParameterSchema(ParameterSchema&&) noexcept = default;
ParameterSchema::~ParameterSchema() = default;

const std::vector<ParameterGroup>& ParameterSchema::groups() const {
  return state_->groups;
}

const Parameter* ParameterSchema::find(std::string_view name) const {
  return state_->find(name);
}

std::vector<std::string> ParameterSchema::names() const {
  return names_in(state_->groups, is_any);
}

std::vector<std::string> ParameterSchema::secret_names() const {
  return names_in(state_->groups, [](const Parameter& one) { return one.is_secret; });
}

Findings ParameterSchema::check(const Json& params, const CheckOptions& options) const {
  Json given = params;
  state_->prepare(given, "", options);
  std::vector<std::string> secret = secret_names();
  secret.insert(secret.end(), options.secret.begin(), options.secret.end());
  Findings all;
  Findings found = state_->schema.validate(given);
  for (Fault& fault : found.faults) {
    if (fault.severity == Fault::Severity::error) --found.errors;
    if (fault.file.empty() && is_ignored(parameter_name(fault), secret)) fault.value = k_masked;
    if (!is_ignored(parameter_name(fault), options.ignored)) all.add(std::move(fault));
  }
  all.errors += found.errors;  // those that were counted but not kept
  const Json& source = state_->schema.source();
  const bool open = source.contains("patternProperties") || source.contains("additionalProperties");
  if (!open) {
    Findings unknown;
    state_->find_unknown(given, "", options, unknown);
    for (const Fault& fault : unknown.faults) {
      if (options.unknown != Unknown::skip || fault.keyword == "option") all.add(fault);
    }
  }
  return all;
}

Findings ParameterSchema::lint() const {
  Findings findings;
  const auto warn = [&](const std::string& name, std::string message) {
    Fault fault;
    fault.severity = Fault::Severity::warning;
    fault.keyword = "schema";
    fault.pointer = name.empty() ? "" : "/" + base::replace_all(name, ".", "/");
    fault.message = std::move(message);
    findings.add(std::move(fault));
  };
  for (const ParameterGroup& group : state_->groups) {
    if (!group.is_enforced && !group.parameters.empty()) {
      warn("", fmt::format("the group '{}' is not listed in 'allOf', so that nothing in it is "
                           "checked",
                           group.title));
    }
    for (const Parameter& parameter : group.parameters) {
      for (auto it = parameter.definition->begin(); it != parameter.definition->end(); ++it) {
        if (!is_known_keyword(it.key()))
          warn(parameter.name,
               fmt::format("its keyword '{}' is not known and is ignored", it.key()));
      }
      if (!parameter.has_default || (*parameter.definition)["default"].is_null() ||
          !parameter.members.empty()) {
        continue;  // null is no value
      }
      Json rules = *parameter.definition;
      rules["$schema"] = state_->schema.source().value("$schema",
                                                       "https://json-schema.org/draft/"
                                                       "2020-12/schema");
      if (rules.contains("$ref")) continue;
      const JsonSchema own(rules.dump(), state_->what, {});
      for (const Fault& fault : own.validate((*parameter.definition)["default"]).faults)
        warn(parameter.name,
             fmt::format("its default '{}' {}", parameter.default_text, fault.message));
    }
  }
  return findings;
}

}  // namespace weir::schema
