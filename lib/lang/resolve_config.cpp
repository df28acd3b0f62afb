#include "lang/internal/resolver.hpp"
#include "lang/parse.hpp"
#include "lang/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// What a name of a configuration may mean depends on the setting that it stands in: those of
// `process` are closures that see a task with its inputs, which are not known here; other closures
// see what scripts see; a value outside of closures sees only what follows.
namespace weir::lang {
namespace internal {
namespace {

constexpr std::array<std::string_view, 5> k_constants = {"baseDir", "launchDir", "params",
                                                         "projectDir", "secrets"};

bool contains(std::span<const Name> names, Name wanted) {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

}  // namespace

bool Resolver::is_config_name(std::string_view name) const {
  if (config_.names == ConfigNames::any || (in_setting_closure() && in_process_setting()))
    return true;
  if (in_setting_closure() && find_implicit(name) != nullptr) return true;
  return std::find(k_constants.begin(), k_constants.end(), name) != k_constants.end();
}

// Whether the name is found when the configuration is evaluated. What Nextflow would refuse, but
// has an obvious meaning, is understood with a warning: pipelines of the last years have it.
bool Resolver::config_name(const VariableExpr& node) {
  const std::string_view name = ast_.names.text(node.name);
  if (is_config_name(name) || contains(config_.refused, node.name)) return true;
  if (contains(config_.settings, node.name)) {
    warning(Code::not_strict, node.span,
            fmt::format("`{}` is a setting, not a variable: Nextflow refuses it here", name))
        .note("write its value again, or make it a parameter (`params.x`)");
    return true;
  }
  if (in_process_setting() && in_closure()) {
    warning(
        Code::not_strict, node.span,
        fmt::format("`{}` is read outside of the setting's own closure: Nextflow refuses it", name))
        .note("write the whole value as one closure: `name = { condition ? a : b }`");
    return true;
  }
  return false;
}

void Resolver::undefined_config_call(CallExpr& node) {
  node.target.kind = BindingKind::dynamic;
  // `(int)(x)` is read as a call, by Nextflow, too: it fails when it is reached.
  const std::string name = text(node.name);
  if (config_.names == ConfigNames::any || contains(config_.refused, node.name) ||
      is_primitive_name(name)) {
    return;
  }
  auto& problem = error(Code::undefined_function, node.name_span,
                        fmt::format("there is no function `{}`", name));
  if (name == "check_max") {
    problem.note("limits of resources are set by `process.resourceLimits`; write the value alone");
  } else if (find_function(builtin_functions(), name) != nullptr) {
    problem.note("outside of a closure, a configuration can call `env` only");
  } else {
    problem.note("a configuration cannot declare functions, and calls none that scripts declare");
  }
}

// The settings of a profile mean what they mean outside of it.
std::span<const Name> Resolver::setting_path() const {
  const std::span<const Name> path(config_.path);
  if (path.empty() || ast_.names.text(path.front()) != "profiles") return path;
  return path.subspan(std::min<std::size_t>(path.size(), 2));
}

bool Resolver::is_process_path(const ConfigAssign& node) const {
  const std::span<const Name> path = setting_path();
  if (path.empty()) return false;
  const std::string_view scope = ast_.names.text(path.front());
  if (scope == "process" || scope == "agent") return true;
  return path.size() == 1 && scope == "executor" && ast_.names.text(node.path.back()) == "jobName";
}

void Resolver::config_assign(ConfigAssign& node) {
  const std::size_t depth = config_.path.size();
  config_.path.insert(config_.path.end(), node.path.begin(), node.path.end() - 1);
  config_.in_process = is_process_path(node);
  config_.in_closure = node.value != nullptr && node.value->kind == ExprKind::closure;
  expression(node.value);
  config_.in_process = config_.in_closure = false;
  config_.path.resize(depth);
}

void Resolver::config_include(ConfigInclude& node) {
  const bool in_profile =
      config_.path.size() == 2 && ast_.names.text(config_.path.front()) == "profiles";
  if (!config_.path.empty() && !in_profile) {
    error(Code::config_include_place, node.span,
          "a file can be included at the top of a configuration or in a profile only");
  }
  expression(node.source);
}

void Resolver::note_settings(List<ConfigStmt*> list) {
  for (const ConfigStmt* item : list) {
    if (item->kind == ConfigKind::assign)
      config_.settings.push_back(item->as<ConfigAssign>().path.front());
    if (item->kind == ConfigKind::block) config_.settings.push_back(item->as<ConfigBlock>().name);
  }
}

void Resolver::config_statements(List<ConfigStmt*> list) {
  const std::size_t outer = config_.settings.size();
  note_settings(list);
  for (ConfigStmt* item : list) {
    switch (item->kind) {
      case ConfigKind::assign: config_assign(item->as<ConfigAssign>()); break;
      case ConfigKind::include: config_include(item->as<ConfigInclude>()); break;
      case ConfigKind::block:
        config_.path.push_back(item->as<ConfigBlock>().name);
        config_statements(item->as<ConfigBlock>().body);
        config_.path.pop_back();
        break;
      case ConfigKind::selector: config_statements(item->as<ConfigSelector>().body); break;
      case ConfigKind::apply:
        // `id 'x'`: the name belongs to the block, only the arguments are expressions.
        for (CallExpr* call : item->as<ConfigApply>().calls) {
          for (Expr* argument : call->arguments) expression(argument);
          named(call->named);
        }
        break;
    }
  }
  config_.settings.resize(outer);
}

void Resolver::config(ConfigFile& file, ConfigNames names) {
  setting_ = Setting::config;
  config_.names = names;
  config_.refused = {file.refused.begin(), file.refused.size()};
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    config_statements(file.statements);
  }
  file.frame_size = body_->next_slot;
  end_body();
  bodies_.clear();
  variables_.clear();
}

}  // namespace internal

void resolve_config(ConfigFile& config, Ast& ast, const SourceMap& sources,
                    Diagnostics& diagnostics, ConfigNames names) {
  const internal::Resolver::Globals none;
  internal::Resolver(ast, sources, diagnostics, none).config(config, names);
  diagnostics.sort();
}

LooseClosure load_closure(Ast& ast, const SourceMap& sources, Diagnostics& diagnostics,
                          FileId file) {
  ConfigFile* const tree = parse_config({sources, ast, diagnostics}, file);
  if (diagnostics.has_errors()) {
    diagnostics.sort();
  } else {
    resolve_config(*tree, ast, sources, diagnostics, ConfigNames::any);
  }
  if (diagnostics.has_errors() || tree->statements.size() != 1 ||
      tree->statements[0]->kind != ConfigKind::assign)
    return {};
  return {tree->statements[0]->as<ConfigAssign>().value, tree->frame_size};
}

void check_config_includes(const ConfigFile& config, const SourceMap& sources,
                           Diagnostics& diagnostics, const FileTest& exists) {
  const auto check = [&](const auto& self, const List<ConfigStmt*>& list) -> void {
    for (const ConfigStmt* item : list) {
      if (item->kind == ConfigKind::block) self(self, item->as<ConfigBlock>().body);
      if (item->kind != ConfigKind::include) continue;
      const Expr* const source = item->as<ConfigInclude>().source;
      if (source == nullptr || source->kind != ExprKind::string_literal) continue;
      const std::string name(source->as<StringLiteral>().value);
      if (name.find("://") != std::string::npos) continue;
      const std::string path = beside(name, sources.name(config.file));
      if (exists(path)) continue;
      diagnostics.error(Code::include_not_found, source->span,
                        fmt::format("there is no configuration file `{}`", name));
    }
  };
  check(check, config.statements);
}

}  // namespace weir::lang
