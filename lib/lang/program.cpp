#include "lang/program.hpp"

#include "lang/codes.hpp"
#include "lang/internal/resolver.hpp"
#include "lang/parse.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace weir::lang {
namespace {

using internal::Resolver;

/// Loads modules breadth first, then resolves each.
class Loader {
 public:
  Loader(ProgramContext context, Program& program) : context_(context), program_(program) {}

  void load(std::vector<EntryScript> entries) {
    for (EntryScript& entry : entries) add(std::move(entry.path), std::move(entry.text));
    for (std::size_t i = 0; i < program_.modules.size(); ++i) follow_includes(*program_.modules[i]);
    for (const auto& module : program_.modules) declare(*module);
    for (const auto& module : program_.modules) bind_includes(*module);
    for (const auto& module : program_.modules) resolve(*module);
    find_recursion();
    context_.diagnostics.sort();
  }

 private:
  Module& add(std::string path, std::string text) {
    const FileId file = context_.sources.add(path, std::move(text));
    auto& module = *program_.modules.emplace_back(
        parse_script({context_.sources, context_.ast, context_.diagnostics}, file));
    by_path_.emplace(std::move(path), &module);
    return module;
  }

  void follow_includes(Module& module) {
    for (Declaration* declaration : module.declarations) {
      if (declaration->kind == DeclKind::include)
        follow(declaration->as<IncludeDecl>(), module.path);
    }
  }

  void follow(IncludeDecl& include, const std::string& from) {
    if (include.source.starts_with("plugin/")) {
      include.plugin = include.source.substr(7);
      return;
    }
    if (include.source.empty()) return;
    const std::vector<std::string> candidates = include_candidates(include.source, from);
    if (candidates.empty()) {
      context_.diagnostics
          .error(Code::include_remote, include.source_span,
                 fmt::format("weir does not fetch the module `{}`", include.source))
          .note("a local script is included with a path that begins with `./`, `../` or `/`");
      return;
    }
    for (const std::string& candidate : candidates) {
      if (const auto known = by_path_.find(candidate); known != by_path_.end()) {
        include.target = known->second;
        return;
      }
      if (auto text = context_.loader.read(candidate)) {
        include.target = &add(candidate, std::move(*text));
        return;
      }
    }
    context_.diagnostics
        .error(Code::include_not_found, include.source_span,
               fmt::format("cannot read the script `{}`", include.source))
        .note("looked for " + base::join(candidates, ", "));
  }

  Diagnostic& taken(Name name, Span span, Span first) {
    return context_.diagnostics
        .error(Code::repeated_name, span,
               fmt::format("`{}` is declared twice in this script", context_.ast.names.text(name)))
        .label(first, "the first declaration");
  }

  void add_global(Module& module, Name name, Span span, Binding binding) {
    if (name == Name::none) return;
    const auto [place, fresh] = globals_[&module].emplace(name, binding);
    const auto first = spans_[&module].emplace(name, span).first;
    if (!fresh) taken(name, span, first->second);
  }

  static BindingKind binding_kind(DeclKind kind) {
    switch (kind) {
      case DeclKind::function: return BindingKind::function;
      case DeclKind::process: return BindingKind::process;
      case DeclKind::workflow: return BindingKind::workflow;
      case DeclKind::record:
      case DeclKind::enumeration: return BindingKind::type;
      default: return BindingKind::unresolved;
    }
  }

  void declare(Module& module) {
    for (Declaration* declaration : module.declarations) {
      const BindingKind kind = binding_kind(declaration->kind);
      if (kind == BindingKind::unresolved || declaration->name == Name::none) continue;
      add_global(module, declaration->name, declaration->name_span, {kind, 0, declaration});
    }
    own_.emplace(&module, globals_[&module]);
  }

  void bind_includes(Module& module) {
    for (Declaration* declaration : module.declarations) {
      if (declaration->kind != DeclKind::include) continue;
      auto& include = declaration->as<IncludeDecl>();
      for (IncludeEntry& entry : include.entries) bind(module, include, entry);
    }
  }

  void bind(Module& module, IncludeDecl& include, IncludeEntry& entry) {
    if (include.target != nullptr) {
      const Resolver::Globals& offered = own_.at(include.target);
      const auto found = offered.find(entry.name);
      if (found != offered.end())
        entry.target = found->second;
      else
        missing(include, entry, offered);
    } else {
      // Functions of plug-ins; after an error also a name about which nothing more is to be said.
      entry.target = {BindingKind::plugin, 0, &include};
    }
    if (entry.target.kind != BindingKind::unresolved) {
      add_global(module, entry.alias, entry.alias_span, entry.target);
    } else {
      globals_[&module].emplace(entry.alias, Binding{BindingKind::plugin, 0, &include});
    }
  }

  void missing(const IncludeDecl& include, const IncludeEntry& entry,
               const Resolver::Globals& offered) {
    const std::string_view name = context_.ast.names.text(entry.name);
    auto& problem = context_.diagnostics.error(
        Code::include_name_missing, entry.span,
        fmt::format("`{}` does not declare `{}`", include.target->path, name));
    if (!context_.diagnostics.kept(problem)) return;
    std::vector<std::string> names;
    for (const auto& [offer, binding] : offered) names.emplace_back(context_.ast.names.text(offer));
    std::sort(names.begin(), names.end());
    if (const auto near = base::nearest(name, names)) {
      problem.note(fmt::format("did you mean `{}`?", *near)).edit(entry.span, *near);
    } else if (!names.empty()) {
      if (names.size() > 12) names.resize(12);
      problem.note("it declares " + base::join(names, ", "));
    }
  }

  void feature_flag(const FeatureFlagDecl& flag) {
    const std::string_view name = context_.ast.names.text(flag.name);
    const NameRow* const row = find_name(feature_flags(), name);
    if (name == "nextflow.preview.dsl") {
      context_.diagnostics
          .error(Code::unknown_feature_flag, flag.span,
                 "there is no feature flag `nextflow.preview.dsl`")
          .note("remove this line: the second version is the language")
          .edit(flag.span, "");
    } else if (row == nullptr) {
      auto& problem =
          context_.diagnostics.error(Code::unknown_feature_flag, flag.name_span,
                                     fmt::format("there is no feature flag `{}`", name));
      std::vector<std::string> names;
      for (const NameRow& known : feature_flags()) names.emplace_back(known.name);
      if (const auto near = base::nearest(name, names))
        problem.note(fmt::format("did you mean `{}`?", *near));
    } else if (name == "nextflow.enable.dsl" && flag.value->kind == ExprKind::integer_literal &&
               flag.value->as<IntegerLiteral>().value != 2) {
      context_.diagnostics.error(Code::legacy_channel_binding, flag.span,
                                 "weir runs scripts for DSL2 only");
    }
  }

  void resolve(Module& module) {
    Resolver resolver(context_.ast, context_.sources, context_.diagnostics, globals_[&module]);
    bool legacy_params = false;
    for (Declaration* declaration : module.declarations) {
      switch (declaration->kind) {
        case DeclKind::feature_flag: feature_flag(declaration->as<FeatureFlagDecl>()); break;
        case DeclKind::include:
        case DeclKind::enumeration: break;
        case DeclKind::params_block: resolver.params(declaration->as<ParamsDecl>()); break;
        case DeclKind::legacy_param:
          if (module.params != nullptr && !std::exchange(legacy_params, true)) {
            context_.diagnostics
                .error(Code::params_twice, declaration->span,
                       "parameters are declared in the `params` block of this script")
                .label(module.params->name_span, "the block");
          }
          resolver.legacy_param(declaration->as<LegacyParamDecl>());
          break;
        case DeclKind::record: resolver.record(declaration->as<RecordDecl>()); break;
        case DeclKind::process: resolver.process(declaration->as<ProcessDecl>()); break;
        case DeclKind::workflow:
          resolver.workflow(declaration->as<WorkflowDecl>(), module.output);
          break;
        case DeclKind::output_block: resolver.output(declaration->as<OutputDecl>()); break;
        case DeclKind::function: resolver.function(declaration->as<FunctionDecl>()); break;
      }
    }
    calls_.insert(calls_.end(), resolver.workflow_calls().begin(), resolver.workflow_calls().end());
  }

  // Depth first over the calls of workflows; a call back into a workflow that is being looked at is
  // a cycle.
  void find_recursion() {
    std::unordered_map<const WorkflowDecl*, std::vector<const Resolver::WorkflowCall*>> callees;
    for (const auto& call : calls_) callees[call.caller].push_back(&call);
    enum class Mark : char { fresh, open, done };
    std::unordered_map<const WorkflowDecl*, Mark> marks;
    std::vector<std::pair<const WorkflowDecl*, std::size_t>> stack;
    for (const auto& call : calls_) {
      if (marks[call.caller] != Mark::fresh) continue;
      stack.emplace_back(call.caller, 0);
      marks[call.caller] = Mark::open;
      while (!stack.empty()) {
        auto& [workflow, next] = stack.back();
        const auto& list = callees[workflow];
        if (next == list.size()) {
          marks[workflow] = Mark::done;
          stack.pop_back();
          continue;
        }
        const Resolver::WorkflowCall& edge = *list[next++];
        if (marks[edge.callee] == Mark::open) {
          context_.diagnostics
              .error(Code::recursive_call, edge.span,
                     "a workflow cannot call itself, directly or not")
              .label(edge.callee->name_span, "the workflow");
        } else if (marks[edge.callee] == Mark::fresh) {
          marks[edge.callee] = Mark::open;
          stack.emplace_back(edge.callee, 0);
        }
      }
    }
  }

  ProgramContext context_;
  Program& program_;
  std::unordered_map<std::string, Module*> by_path_;
  std::unordered_map<const Module*, Resolver::Globals> globals_;
  std::unordered_map<const Module*, Resolver::Globals>
      own_;  ///< without what is included: what others can include
  std::unordered_map<const Module*, std::unordered_map<Name, Span>> spans_;
  std::vector<Resolver::WorkflowCall> calls_;
};

}  // namespace

std::unique_ptr<Program> load_program(ProgramContext context, std::vector<EntryScript> entries) {
  auto program = std::make_unique<Program>();
  Loader(context, *program).load(std::move(entries));
  return program;
}

}  // namespace weir::lang
