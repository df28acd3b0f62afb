#include "engine/config.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "lang/numbers.hpp"
#include "lang/program.hpp"
#include "lang/semantics.hpp"
#include "net/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace weir::engine {

using lang::MapObject;
using lang::Ref;
using lang::Value;

namespace {

constexpr int k_include_depth_max = 64;

/// Names in a configuration file: settings of the enclosing blocks made so far, innermost first.
class BlockScope final : public lang::Scope {
 public:
  BlockScope(Ref<MapObject> settings, Ref<lang::Scope> outer)
      : settings_(std::move(settings)), outer_(std::move(outer)) {}
  std::optional<Value> get(lang::Interpreter& interpreter, std::string_view name) override {
    if (const Value* const value = settings_->items.find(name)) return *value;
    return outer_ ? outer_->get(interpreter, name) : std::nullopt;
  }

 private:
  Ref<MapObject> settings_;
  Ref<lang::Scope> outer_;
};

Value value_of_text(const std::string& text) {
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  if (const auto number = base::parse_int64(text)) return Value::number(*number);
  return Value::string(text);
}

/// A string given on the command line becomes a boolean or a number when the file's default is one.
Value converted_like(const Value& given, const Value& model) {
  if (!given.is_string()) return given;
  const std::string& text = given.text();
  if (model.kind() == lang::Kind::boolean) {
    const std::string word = base::to_lower_ascii(text);
    if (word == "true" || word == "false") return Value::boolean(word == "true");
  }
  // A number replaces a number of any kind: 2 is whole although the default is 1.5.
  if (lang::is_number(model)) {
    if (const auto number = base::parse_int64(text)) return Value::number(*number);
    if (const auto number = base::parse_double(text)) return Value::real(*number);
  }
  return given;
}

/// A selector that is written as a name: `process.'withName:A'.cpus = 2`.
std::optional<Config::Selector> quoted_selector(const std::string& name) {
  for (const auto& [word, kind] : {std::pair{"withName:", lang::SelectorKind::with_name},
                                   std::pair{"withLabel:", lang::SelectorKind::with_label}}) {
    if (name.starts_with(word))
      return Config::Selector{kind, name.substr(std::string_view(word).size()), {}};
  }
  return std::nullopt;
}

}  // namespace

Ref<MapObject> child_map(MapObject& parent, std::string_view name) {
  if (const Value* const known = parent.items.find(name)) {
    if (auto* const map = known->as<MapObject>()) return Ref<MapObject>(map);
  }
  auto map = lang::make<MapObject>();
  parent.items.put(name, map);
  return map;
}

void merge_maps(MapObject& target, const MapObject& source) {
  for (const auto& entry : source.items.entries()) {
    const auto* const inner = entry.value.as<MapObject>();
    Value* const known = target.items.find(entry.key);
    auto* const known_map = known == nullptr ? nullptr : known->as<MapObject>();
    if (inner != nullptr && known_map != nullptr) {
      merge_maps(*known_map, *inner);
    } else {
      target.items.put(entry.key, entry.value);
    }
  }
}

const Value* Config::find(std::string_view dotted_name) const {
  const MapObject* map = root.get();
  const Value* value = nullptr;
  for (const std::string_view part : base::split(dotted_name, '.')) {
    if (map == nullptr) return nullptr;
    value = map->items.find(part);
    if (value == nullptr) return nullptr;
    map = value->as<MapObject>();
  }
  return value;
}

std::string Config::text(std::string_view dotted_name, std::string otherwise) const {
  const Value* const value = find(dotted_name);
  return value == nullptr || value->is_null() ? std::move(otherwise) : lang::to_text(*value);
}

bool Config::flag(std::string_view dotted_name, bool otherwise) const {
  const Value* const value = find(dotted_name);
  return value == nullptr || value->is_null() ? otherwise : lang::truth(*value);
}

/// Walks the statements of one file.
class ConfigLoader::Evaluator {
 public:
  Evaluator(ConfigLoader& loader, const lang::ConfigFile& file, std::string path)
      : loader_(loader), frame_(file.frame_size), path_(std::move(path)) {}

  void run(const lang::List<lang::ConfigStmt*>& statements, const Ref<MapObject>& target,
           const Ref<lang::Scope>& scope, const std::string& prefix) {
    for (const lang::ConfigStmt* statement : statements) run_one(*statement, target, scope, prefix);
  }

 private:
  [[nodiscard]] std::string_view name_text(lang::Name name) const {
    return loader_.ast_.names.text(name);
  }

  void run_one(const lang::ConfigStmt& statement, const Ref<MapObject>& target,
               const Ref<lang::Scope>& scope, const std::string& prefix) {
    switch (statement.kind) {
      case lang::ConfigKind::assign:
        assign(statement.as<lang::ConfigAssign>(), target, scope, prefix);
        break;
      case lang::ConfigKind::block:
        block(statement.as<lang::ConfigBlock>(), target, scope, prefix);
        break;
      case lang::ConfigKind::selector: selector(statement.as<lang::ConfigSelector>(), scope); break;
      case lang::ConfigKind::include:
        include(statement.as<lang::ConfigInclude>(), target, scope);
        break;
      case lang::ConfigKind::apply: apply(statement.as<lang::ConfigApply>(), scope); break;
    }
  }

  void assign(const lang::ConfigAssign& statement, const Ref<MapObject>& target,
              const Ref<lang::Scope>& scope, const std::string& prefix) {
    std::vector<std::string> path;
    for (const std::string_view part : base::split(prefix, '.')) {
      if (!part.empty()) path.emplace_back(part);
    }
    const std::size_t outer = path.size();
    for (const lang::Name name : statement.path) path.emplace_back(name_text(name));
    const Value value = loader_.interpreter_.evaluate(*statement.value, frame_, scope);
    if (path.front() == "profiles") {
      if (outer == 0 && path.size() > 2) assign_in_profile(path, value);
      return;
    }
    if (path.front() == "params" && is_fixed({path.begin() + 1, path.end()}, value)) return;
    Ref<MapObject> map = target;
    std::size_t begin = outer;
    if (path.front() == "process" && path.size() > 2 && outer < 2) {
      if (const auto quoted = quoted_selector(path[1])) {
        map = loader_.selected(quoted->kind, quoted->pattern);
        begin = 2;
      }
    }
    for (std::size_t i = begin; i + 1 < path.size(); ++i) map = child_map(*map, path[i]);
    map->items.put(path.back(), value);
  }

  void assign_in_profile(const std::vector<std::string>& path, const Value& value) {
    loader_.profiles_seen_[path[1]] = true;
    const auto& wanted = loader_.options_.profiles;
    if (std::find(wanted.begin(), wanted.end(), path[1]) == wanted.end()) return;
    Ref<MapObject> map = loader_.config_.root;
    for (std::size_t i = 2; i + 1 < path.size(); ++i) map = child_map(*map, path[i]);
    map->items.put(path.back(), value);
  }

  /// A parameter that the command line gave keeps its value, in the kind of the default. As in
  /// upstream's ConfigDsl a map that is set as a whole (`params.x = [:]`) is left out as a whole;
  /// what stands in a block or deeper within is joined with what was given.
  bool is_fixed(const std::vector<std::string>& path, const Value& model) {
    const MapObject* fixed = loader_.options_.fixed_params.get();
    for (std::size_t i = 0; i < path.size(); ++i) {
      const Value* const value = fixed == nullptr ? nullptr : fixed->items.find(path[i]);
      if (value == nullptr) return false;
      if (i + 1 < path.size()) {
        fixed = value->as<MapObject>();
        continue;
      }
      Ref<MapObject> map = loader_.params_;
      for (std::size_t k = 0; k + 1 < path.size(); ++k) map = child_map(*map, path[k]);
      const auto* const defaults = model.as<MapObject>();
      if (path.size() == 1 || defaults == nullptr || !value->as<MapObject>()) {
        map->items.put(path[i], converted_like(*value, model));
        return true;
      }
      auto merged = lang::make<MapObject>();
      merge_maps(*merged, *defaults);
      merge_maps(*merged, *value->as<MapObject>());
      map->items.put(path[i], merged);
      return true;
    }
    return false;
  }

  void block(const lang::ConfigBlock& statement, const Ref<MapObject>& target,
             const Ref<lang::Scope>& scope, const std::string& prefix) {
    const std::string name(name_text(statement.name));
    if (prefix == "process") {
      if (const auto quoted = quoted_selector(name))
        return select(quoted->kind, quoted->pattern, statement.body, scope);
    }
    if (prefix.empty() && name == "profiles") {
      profiles(statement.body, scope);
      return;
    }
    const Ref<MapObject> map =
        prefix.empty() && name == "params" ? loader_.params_ : child_map(*target, name);
    const Ref<lang::Scope> inner = lang::make<BlockScope>(map, scope);
    run(statement.body, map, inner, prefix.empty() ? name : prefix + "." + name);
  }

  void profiles(const lang::List<lang::ConfigStmt*>& body, const Ref<lang::Scope>& scope) {
    for (const lang::ConfigStmt* entry : body) {
      if (entry->kind == lang::ConfigKind::block) {
        loader_.profiles_seen_[std::string(name_text(entry->as<lang::ConfigBlock>().name))] = true;
      }
    }
    if (loader_.options_.show_profiles) {
      show(body, scope);
      return;
    }
    for (const std::string& wanted : loader_.options_.profiles) {
      for (const lang::ConfigStmt* entry : body) {
        if (entry->kind != lang::ConfigKind::block) continue;
        const auto& profile = entry->as<lang::ConfigBlock>();
        if (name_text(profile.name) == wanted) run(profile.body, loader_.config_.root, scope, "");
      }
    }
  }

  void show(const lang::List<lang::ConfigStmt*>& body, const Ref<lang::Scope>& scope) {
    const Ref<MapObject> all = child_map(*loader_.config_.root, "profiles");
    for (const lang::ConfigStmt* entry : body) {
      if (entry->kind != lang::ConfigKind::block) continue;
      const auto& profile = entry->as<lang::ConfigBlock>();
      run(profile.body, child_map(*all, name_text(profile.name)), scope, "");
    }
  }

  void selector(const lang::ConfigSelector& statement, const Ref<lang::Scope>& scope) {
    select(statement.selector, std::string(statement.pattern), statement.body, scope);
  }

  void select(lang::SelectorKind kind, std::string pattern,
              const lang::List<lang::ConfigStmt*>& body, const Ref<lang::Scope>& scope) {
    const Ref<MapObject> settings = loader_.selected(kind, std::move(pattern));
    const Ref<lang::Scope> inner = lang::make<BlockScope>(settings, scope);
    run(body, settings, inner, "process");
  }

  void include(const lang::ConfigInclude& statement, const Ref<MapObject>& target,
               const Ref<lang::Scope>& scope) {
    if (loader_.options_.skip_includes) return;
    const std::string source =
        lang::to_text(loader_.interpreter_.evaluate(*statement.source, frame_, scope));
    // What a remote file includes is beside it.
    if (net::looks_like_url(source)) return loader_.load_remote(source, target);
    if (net::looks_like_url(path_)) {
      const net::Url url = net::resolve_reference(net::parse_url(path_), source);
      return loader_.load_remote(url.text(), target);
    }
    std::filesystem::path path(source);
    if (path.is_relative()) path = std::filesystem::path(path_).parent_path() / path;
    loader_.load_into(path.lexically_normal().string(), target);
  }

  void apply(const lang::ConfigApply& statement, const Ref<lang::Scope>& scope) {
    if (name_text(statement.name) != "plugins") return;
    for (const lang::CallExpr* call : statement.calls) {
      for (const lang::Expr* argument : call->arguments) {
        loader_.config_.plugins.push_back(
            lang::to_text(loader_.interpreter_.evaluate(*argument, frame_, scope)));
      }
    }
  }

  ConfigLoader& loader_;
  lang::Frame frame_;
  std::string path_;
};

ConfigLoader::ConfigLoader(lang::SourceMap& sources, lang::Ast& ast, lang::Interpreter& interpreter,
                           Options options)
    : sources_(sources), ast_(ast), interpreter_(interpreter), options_(std::move(options)) {
  config_.root = lang::make<MapObject>();
  params_ = child_map(*config_.root, "params");
  merge_maps(*params_, *lang::deep_copy(options_.fixed_params).as<MapObject>());
}

Ref<MapObject> ConfigLoader::selected(lang::SelectorKind kind, std::string pattern) {
  const std::string key = (kind == lang::SelectorKind::with_name ? "n" : "l") + pattern;
  const auto [place, fresh] = selector_index_.emplace(key, config_.selectors.size());
  if (fresh) {
    config_.selectors.push_back({kind, std::move(pattern), lang::make<MapObject>(),
                                 child_map(*config_.root, "process")->items.size()});
  }
  return config_.selectors[place->second].settings;
}

void ConfigLoader::load(const std::string& path) {
  load_into(path, config_.root);
}

void ConfigLoader::load_remote(const std::string& url, const Ref<MapObject>& target) {
  std::string text;
  try {
    if (!options_.read_remote) throw Error(ErrorKind::usage, "nothing is fetched here");
    text = options_.read_remote(url);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    throw Error(ErrorKind::usage, fmt::format("cannot include the remote configuration '{}': {}",
                                              url, error.message()))
        .with_hint(
            "download it and include the local copy; nf-core's pipelines leave theirs out when "
            "NXF_OFFLINE=true is set");
  }
  load_text(url, std::move(text), target);
}

void ConfigLoader::load_into(const std::string& path, const Ref<MapObject>& target) {
  const auto info = base::file_info(path);
  if (info && info->type == base::FileInfo::Type::directory)
    throw Error(ErrorKind::usage, fmt::format("configuration file '{}' is a folder", path));
  auto text = base::try_read_file(path);
  if (!text)
    throw Error(ErrorKind::usage, fmt::format("configuration file '{}' does not exist", path));
  load_text(path, std::move(*text), target);
}

void ConfigLoader::load_text(const std::string& path, std::string text,
                             const Ref<MapObject>& target) {
  if (++include_depth_ > k_include_depth_max) {
    throw Error(ErrorKind::usage,
                fmt::format("configuration files include each other more than {} deep at '{}'",
                            k_include_depth_max, path));
  }
  const lang::FileId file = sources_.add(path, std::move(text));
  lang::Diagnostics diagnostics;
  lang::ConfigFile* const tree = lang::parse_config({sources_, ast_, diagnostics}, file);
  if (!diagnostics.has_errors()) lang::resolve_config(*tree, ast_, sources_, diagnostics);
  if (diagnostics.has_errors()) {
    diagnostics.sort();
    throw Error(ErrorKind::usage, "\n" + lang::render(diagnostics, sources_, lang::Colour::no))
        .add_context(fmt::format("configuration file '{}' has errors", path));
  }
  if (include_depth_ == 1) config_.files.push_back(path);
  const Ref<lang::Scope> scope = lang::make<BlockScope>(config_.root, Ref<lang::Scope>());
  Evaluator(*this, *tree, path).run(tree->statements, target, scope, "");
  --include_depth_;
}

void ConfigLoader::set(const std::string& dotted_name, const std::string& text) {
  Ref<MapObject> map = config_.root;
  const auto parts = base::split(dotted_name, '.');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) map = child_map(*map, parts[i]);
  map->items.put(parts.back(), value_of_text(text));
}

Config ConfigLoader::finish() {
  for (const std::string& wanted : options_.profiles) {
    if (profiles_seen_.contains(wanted) || wanted == "standard") continue;
    std::vector<std::string> known;
    for (const auto& [name, seen] : profiles_seen_) known.push_back(name);
    Error error(ErrorKind::usage, fmt::format("Unknown configuration profile: '{}'", wanted));
    if (const auto near = base::nearest(wanted, known)) {
      error.with_hint(fmt::format("did you mean '{}'", *near));
    } else if (!known.empty()) {
      error.with_hint("known profiles: " + base::join(known, ", "));
    }
    throw error;
  }
  return std::move(config_);
}

}  // namespace weir::engine
