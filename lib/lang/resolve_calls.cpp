#include "lang/internal/resolver.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace weir::lang::internal {
namespace {

std::string count_text(std::size_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::size_t argument_count(const CallExpr& call) {
  return call.arguments.size() + (call.named.empty() ? 0 : 1);
}

template <typename Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

std::size_t output_count(const Declaration& component) {
  return component.kind == DeclKind::process ? component.as<ProcessDecl>().outputs.size()
                                             : component.as<WorkflowDecl>().emits.size();
}

std::size_t input_count(const Declaration& component) {
  return component.kind == DeclKind::process ? component.as<ProcessDecl>().inputs.size()
                                             : component.as<WorkflowDecl>().takes.size();
}

bool is_component(BindingKind kind) {
  return kind == BindingKind::process || kind == BindingKind::workflow;
}

/// How many arguments an expression stands for when it is passed to a process: several, if it is a
/// component's outputs. Nothing: known only when running.
std::optional<std::size_t> arguments_in(const Expr& value) {
  switch (value.kind) {
    case ExprKind::call: {
      const auto& call = value.as<CallExpr>();
      if (is_component(call.target.kind)) return output_count(*call.target.declaration);
      const Expr* const object = call.object;
      const bool factory = object != nullptr && object->kind == ExprKind::variable &&
                           object->as<VariableExpr>().binding.kind == BindingKind::implicit;
      return factory ? std::optional<std::size_t>(1) : std::nullopt;
    }
    case ExprKind::property: {
      const auto& property = value.as<PropertyExpr>();
      const bool outputs = property.object->kind == ExprKind::variable &&
                           is_component(property.object->as<VariableExpr>().binding.kind);
      if (outputs) return output_count(*property.object->as<VariableExpr>().binding.declaration);
      return std::nullopt;
    }
    case ExprKind::variable:
    case ExprKind::index:
    case ExprKind::ternary:
    case ExprKind::elvis:
    case ExprKind::binary:
    case ExprKind::error: return std::nullopt;
    default: return 1;
  }
}

/// Whether the one argument of a call may be a list, whose items then are the arguments.
bool may_be_list(const CallExpr& call) {
  if (call.arguments.size() != 1 || !call.named.empty()) return false;
  switch (call.arguments.front()->kind) {
    case ExprKind::null_literal:
    case ExprKind::bool_literal:
    case ExprKind::integer_literal:
    case ExprKind::number_literal:
    case ExprKind::string_literal:
    case ExprKind::interpolated:
    case ExprKind::instance_of:
    case ExprKind::map:
    case ExprKind::closure: return false;
    default: return true;
  }
}

}  // namespace

void Resolver::check_count(const CallExpr& node, std::size_t min, std::size_t max,
                           std::string_view what) {
  const std::size_t given = node.arguments.size();
  if (given >= min && given <= max) return;
  std::string wanted =
      min == max ? count_text(min, "argument") : fmt::format("{} to {} arguments", min, max);
  if (max >= k_any_number) wanted = fmt::format("at least {}", count_text(min, "argument"));
  error(Code::argument_count, node.span, fmt::format("{} takes {}, not {}", what, wanted, given));
}

void Resolver::function_arguments(const FunctionDecl& target, const CallExpr& call) {
  const auto required = static_cast<std::size_t>(
      std::count_if(target.parameters.begin(), target.parameters.end(),
                    [](const Parameter& parameter) { return parameter.default_value == nullptr; }));
  const std::size_t given = argument_count(call);
  if (given >= required && given <= target.parameters.size()) return;
  if (required > 1 && may_be_list(call)) return;
  const std::string wanted =
      required == target.parameters.size()
          ? count_text(required, "argument")
          : fmt::format("{} to {} arguments", required, target.parameters.size());
  error(Code::argument_count, call.span,
        fmt::format("function `{}` takes {}, not {}", text(call.name), wanted, given))
      .label(target.name_span, "declared here");
}

void Resolver::component_arguments(const Declaration& target, const CallExpr& call) {
  const std::string_view kind = target.kind == DeclKind::process ? "process" : "workflow";
  if (!call.named.empty()) {
    error(Code::named_arguments, call.named.front().key_span,
          fmt::format("a {} takes its inputs by position, not by name", kind))
        .label(target.name_span, "declared here");
    return;
  }
  std::size_t given = 0;
  bool exact = true;
  for (const Expr* argument : call.arguments) {
    const std::optional<std::size_t> count = arguments_in(*argument);
    given += count.value_or(1);
    exact = exact && count.has_value();
  }
  const std::size_t wanted = input_count(target);
  if (given == wanted || (!exact && given < wanted)) return;
  error(Code::argument_count, call.span,
        fmt::format("{} `{}` takes {}, not {}", kind, text(call.name), count_text(wanted, "input"),
                    given))
      .label(target.name_span, "declared here");
}

void Resolver::component_call(const Binding& target, Span span, const CallExpr* call, bool piped) {
  const Declaration& declaration = *target.declaration;
  const std::string_view kind = target.kind == BindingKind::process ? "process" : "workflow";
  if (setting_ != Setting::workflow) {
    error(Code::call_outside_workflow, span,
          fmt::format("a {} can be called only in the body of a workflow", kind))
        .label(declaration.name_span, fmt::format("the {}", kind));
    return;
  }
  if (in_closure()) {
    error(Code::call_in_closure, span,
          fmt::format("a {} cannot be called inside of a closure", kind))
        .label(declaration.name_span, fmt::format("the {}", kind))
        .note(
            "the body of a workflow only connects: call it once, with a channel that carries every "
            "item");
    return;
  }
  const Name name = call != nullptr ? call->name : ast_.names.find(sources_.text(span));
  // A workflow may be called again when it calls no process; that is seen when it is wired.
  if (target.kind == BindingKind::process &&
      std::find(called_.begin(), called_.end(), name) != called_.end()) {
    error(Code::repeated_call, span,
          fmt::format("{} `{}` is called a second time in this workflow", kind, text(name)))
        .note(fmt::format(
            "include it again under another name: `include {{ {0} as {0}_2 }} from ...`",
            text(name)));
  }
  called_.push_back(name);
  called_maybe_.push_back(name);
  if (target.kind == BindingKind::workflow && workflow_ != nullptr) {
    workflow_calls_.push_back({workflow_, &declaration.as<WorkflowDecl>(), span});
  }
  if (call != nullptr && !piped) component_arguments(declaration, *call);
}

// `PROCESS.out` and `PROCESS.out.name`.
void Resolver::output_property(const PropertyExpr& node) {
  const PropertyExpr* out = &node;
  const PropertyExpr* name = nullptr;
  while (out->object->kind == ExprKind::property) {
    name = out;
    out = &out->object->as<PropertyExpr>();
  }
  const auto& root = out->object->as<VariableExpr>();
  const Declaration& component = *root.binding.declaration;
  const std::string component_name = text(root.name);
  if (ast_.names.text(out->name) != "out") {
    error(Code::unknown_emit, out->name_span,
          fmt::format("`{}` has no property `{}`; its outputs are `{}.out`", component_name,
                      text(out->name), component_name));
    return;
  }
  if (setting_ == Setting::workflow && !in_closure() &&
      std::find(called_maybe_.begin(), called_maybe_.end(), root.name) == called_maybe_.end()) {
    warning(Code::output_before_call, root.span,
            fmt::format("`{}` is not called before its outputs are used", component_name));
    return;
  }
  if (name == nullptr) return;
  std::vector<std::string> names;
  if (component.kind == DeclKind::process) {
    for (const ProcessOutput& output : component.as<ProcessDecl>().outputs) {
      if (output.emit != Name::none) names.push_back(text(output.emit));
    }
  } else {
    for (const WorkflowEmit& emit : component.as<WorkflowDecl>().emits)
      names.push_back(text(emit.name));
  }
  const std::string wanted = text(name->name);
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return;
  // No error before it is reached: old pipelines have branches that nobody takes.
  auto& problem = warning(Code::unknown_emit, name->name_span,
                          fmt::format("`{}` has no output `{}`", component_name, wanted));
  problem.label(component.name_span, "declared here");
  if (const auto near = base::nearest(wanted, names)) {
    problem.note(fmt::format("did you mean `{}`?", *near)).edit(name->name_span, *near);
  } else if (!names.empty()) {
    problem.note("its outputs are " + base::join(names, ", "));
  }
}

bool Resolver::builtin(CallExpr& node, std::span<const FunctionRow> rows,
                       std::uint32_t first_slot) {
  const FunctionRow* const row = find_function(rows, ast_.names.text(node.name));
  if (row == nullptr) return false;
  node.target = {BindingKind::builtin, first_slot + static_cast<std::uint32_t>(row - rows.data()),
                 nullptr};
  check_count(node, row->arguments_min, row->arguments_max, fmt::format("`{}`", row->name));
  return true;
}

void Resolver::undefined_call(CallExpr& node) {
  const std::string_view name = ast_.names.text(node.name);
  if (setting_ == Setting::config) return undefined_config_call(node);
  auto& problem = error(Code::undefined_function, node.name_span,
                        fmt::format("there is no function or process `{}`", name));
  if (find_function(channel_operators(), name) != nullptr) {
    problem.note(
        fmt::format("`{0}` is a channel operator: `channel.{0}(...)`, or `channel | {0}`", name));
    return;
  }
  std::vector<std::string> more = names_of(builtin_functions());
  if (&node == pipe_target_) add_operators(more);
  suggest(problem, node.name_span, node.name, more);
}

void Resolver::named_call(CallExpr& node) {
  if (Variable* const found = visible(node.name); found != nullptr) {
    use(node.target, *found);
    return;
  }
  if (output_call(node)) return;
  const Binding found = global(node.name);
  const auto builtins = static_cast<std::uint32_t>(builtin_functions().size());
  switch (found.kind) {
    case BindingKind::function:
      node.target = found;
      return function_arguments(found.declaration->as<FunctionDecl>(), node);
    case BindingKind::process:
    case BindingKind::workflow:
      node.target = found;
      return component_call(found, node.name_span, &node, false);
    case BindingKind::plugin: node.target = found; return;
    default: break;
  }
  const bool in_process = setting_ == Setting::process || in_process_setting();
  if (setting_ != Setting::config || in_setting_closure() ||
      find_function(config_functions(), ast_.names.text(node.name)) != nullptr) {
    if (builtin(node, builtin_functions(), 0)) return;
    if (in_process && builtin(node, process_functions(), builtins)) return;
  }
  // A property of the language's own objects that is called: `workflow(...)` and the like.
  undefined_call(node);
}

// `set { x }` and `tap { x }` name the channel: the closure declares, it is not run. One that does
// anything else is an ordinary closure, which the operator runs: `tap { error 'no genome' }`.
void Resolver::declaring_operator(CallExpr& node) {
  auto& body = *node.arguments.back()->as<ClosureExpr>().body;
  if (body.statements.empty()) return expression(node.arguments.back());
  std::vector<VariableExpr*> names;
  for (Stmt* item : body.statements) {
    const bool plain = item->kind == StmtKind::expression &&
                       item->as<ExpressionStmt>().value->kind == ExprKind::variable;
    if (!plain) return expression(node.arguments.back());
    names.push_back(&item->as<ExpressionStmt>().value->as<VariableExpr>());
  }
  for (VariableExpr* name : names) assign_variable(*name);
  node.declares = ast_.arena.list(names);
}

void Resolver::method_call(CallExpr& node) {
  const bool wires = setting_ == Setting::workflow && !in_closure();
  const std::string_view name = ast_.names.text(node.name);
  // The object of a long chain is walked first: names are declared in order of running.
  expression(node.object);
  const bool on_channel = node.object->kind == ExprKind::variable &&
                          node.object->as<VariableExpr>().binding.kind == BindingKind::implicit &&
                          node.object->as<VariableExpr>().binding.slot ==
                              static_cast<std::uint32_t>(ImplicitName::channel);
  if (on_channel) {
    const FunctionRow* const row = find_function(channel_factories(), name);
    if (const Binding found = global(node.name);
        row == nullptr && found.kind == BindingKind::plugin) {
      // A plug-in's factory is included by its name and called as one of ours.
      node.target = found;
      node.object = nullptr;
    } else if (row == nullptr) {
      auto& problem = error(Code::undefined_function, node.name_span,
                            fmt::format("there is no channel factory `{}`", name));
      if (const auto near = base::nearest(name, names_of(channel_factories()))) {
        problem.note(fmt::format("did you mean `{}`?", *near)).edit(node.name_span, *near);
      }
    } else {
      check_count(node, row->arguments_min, row->arguments_max, fmt::format("`channel.{}`", name));
    }
  }
  const bool names_channel = (name == "set" || name == "tap") && wires &&
                             node.arguments.size() == 1 &&
                             node.arguments.front()->kind == ExprKind::closure;
  if (names_channel)
    declaring_operator(node);
  else
    for (Expr* argument : node.arguments) expression(argument);
  named(node.named);
}

// What stands behind `|` in a workflow: a process, workflow, function or operator that takes the
// left side.
void Resolver::pipe_target(Expr& node) {
  if (node.kind == ExprKind::variable) {
    auto& target = node.as<VariableExpr>();
    if (visible(target.name) == nullptr) {
      const Binding found = global(target.name);
      if (is_component(found.kind)) {
        target.binding = found;
        return component_call(found, target.span, nullptr, true);
      }
      if (found.kind == BindingKind::function) {
        target.binding = found;
        return;
      }
      const FunctionRow* const row =
          find_function(channel_operators(), ast_.names.text(target.name));
      if (row != nullptr && found.kind == BindingKind::unresolved) {
        target.binding = {BindingKind::channel_operator,
                          static_cast<std::uint32_t>(row - channel_operators().data()), nullptr};
        return;
      }
    }
  } else if (node.kind == ExprKind::call) {
    auto& call = node.as<CallExpr>();
    if (call.object == nullptr && call.callee == nullptr && visible(call.name) == nullptr) {
      const Binding found = global(call.name);
      const FunctionRow* const row = find_function(channel_operators(), ast_.names.text(call.name));
      if (found.kind == BindingKind::unresolved && row != nullptr) {
        call.target = {BindingKind::channel_operator,
                       static_cast<std::uint32_t>(row - channel_operators().data()), nullptr};
        const std::string_view name = row->name;
        if ((name == "set" || name == "tap") && call.arguments.size() == 1 &&
            call.arguments.front()->kind == ExprKind::closure) {
          return declaring_operator(call);
        }
        for (Expr* argument : call.arguments) expression(argument);
        return named(call.named);
      }
      if (is_component(found.kind)) {
        for (Expr* argument : call.arguments) expression(argument);
        call.target = found;
        return component_call(found, call.name_span, &call, true);
      }
    }
  } else if (node.kind == ExprKind::binary && node.as<BinaryExpr>().op == BinaryOp::bit_and) {
    pipe_target(*node.as<BinaryExpr>().left);
    pipe_target(*node.as<BinaryExpr>().right);
    return;
  }
  pipe_target_ = &node;
  expression(&node);
}

void Resolver::call(CallExpr& node) {
  if (node.object != nullptr) return method_call(node);
  // Arguments first: `FOO(FOO.out)` uses an output before the call.
  for (Expr* argument : node.arguments) expression(argument);
  named(node.named);
  if (node.callee != nullptr)
    expression(node.callee);
  else
    named_call(node);
}

}  // namespace weir::lang::internal
