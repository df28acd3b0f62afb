#include "lang/internal/resolver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace weir::lang::internal {
namespace {

bool is_capitalised(std::string_view text) {
  return !text.empty() && text.front() >= 'A' && text.front() <= 'Z';
}

bool is_constant_style(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// First parts of the packages whose classes may be named in full.
constexpr std::array<std::string_view, 9> k_package_roots = {
    "com", "groovy", "groovyx", "io", "java", "javax", "net", "nextflow", "org"};

/// What is resolved while it lives may not be evaluated.
class Condition {
 public:
  explicit Condition(int& depth) : depth_(depth) { ++depth_; }
  ~Condition() { --depth_; }
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

 private:
  int& depth_;
};

}  // namespace

Binding Resolver::global(Name name) const {
  const auto found = globals_.find(name);
  return found == globals_.end() ? Binding{} : found->second;
}

void Resolver::type(TypeRef* node, Binding* binding) {
  if (node == nullptr) return;
  const std::string_view name = ast_.names.text(node->name);
  const Binding declared = global(node->name);
  if (declared.kind == BindingKind::type) node->declaration = declared.declaration;
  if (binding != nullptr) *binding = {BindingKind::type, 0, declared.declaration};
  for (TypeRef* argument : node->arguments) type(argument);
  const bool known = declared.kind == BindingKind::type ||
                     find_name(type_names(), name) != nullptr || is_primitive_name(name) ||
                     name == "?" || name.size() == 1 || name.find('.') != std::string_view::npos ||
                     name.ends_with("Exception") || name.ends_with("Error");
  if (known || name.empty()) return;
  auto& problem =
      error(Code::undefined_type, node->span, fmt::format("there is no type `{}`", name));
  std::vector<std::string> names;
  for (const NameRow& row : type_names()) names.emplace_back(row.name);
  suggest(problem, node->span, node->name, names);
  problem.note(
      "classes from a `lib` folder are not run; a class of the library is named with its package");
}

void Resolver::parameters(List<Parameter> list) {
  for (Parameter& parameter : list) {
    type(parameter.type);
    if (parameter.default_value != nullptr) expression(parameter.default_value);
    // `{ _, b -> ... }`: a place that nobody reads, as often as wanted.
    const bool is_unread = in_closure() && text(parameter.name) == "_";
    Variable& variable = is_unread ? add_variable(parameter.name, parameter.span)
                                   : declare(parameter.name, parameter.span);
    variable.local = true;
    parameter.slot = variable.slot;
    cells_.emplace_back(&parameter.cell, &variable);
  }
}

void Resolver::closure(ClosureExpr& node) {
  begin_body(&node);
  {
    const Scope scope(*this);
    if (node.implicit_it) {
      Parameter& it = node.parameters.front();
      Variable& variable = add_variable(it.name, it.span);
      variable.local = true;
      variable.implicit_it = true;
      variable.shadowed = visible(it.name);
      // An `it` that is declared around keeps its meaning.
      if (variable.shadowed == nullptr || variable.shadowed->implicit_it) {
        set_visible(it.name, &variable);
        scope_->push_back(&variable);
      }
      it.slot = variable.slot;
      cells_.emplace_back(&it.cell, &variable);
    } else {
      parameters(node.parameters);
    }
    block(node.body);
  }
  end_body();
}

void Resolver::note_read(const VariableExpr& root, std::vector<Name> path) {
  if (reads_ == nullptr) return;
  const Variable* const variable = visible(root.name);
  if (variable != nullptr) {
    // What a closure or the block itself declares is no input of the script.
    if (variable->local || variable->owner->parent != nullptr) return;
  } else if (root.binding.kind != BindingKind::implicit) {
    return;
  }
  reads_->push_back({&root, variable, std::move(path)});
}

List<VariableRead> Resolver::settled_reads(const std::vector<Read>& reads) {
  std::set<std::vector<Name>> seen;
  std::vector<VariableRead> result;
  for (const Read& read : reads) {
    std::vector<Name> key = read.path;
    key.insert(key.begin(), 1, read.root->name);
    if (!seen.insert(std::move(key)).second) continue;
    VariableRead made;
    made.name = read.root->name;
    made.span = read.root->span;
    made.path = ast_.arena.list(read.path);
    made.binding = read.root->binding;
    if (read.variable != nullptr) {
      made.binding.kind =
          read.variable->needs_cell() ? BindingKind::local_cell : BindingKind::local;
      made.binding.slot = read.variable->slot;
    }
    result.push_back(made);
  }
  return ast_.arena.list(result);
}

void Resolver::undefined(const VariableExpr& node) {
  const std::string_view name = ast_.names.text(node.name);
  if (name == "this" || name == "super") {
    error(Code::legacy_this, node.span,
          fmt::format("there is no `{}`: scripts are not objects", name))
        .note("call functions by their name");
    return;
  }
  auto& problem =
      error(Code::undefined_variable, node.span, fmt::format("`{}` is not defined", name));
  const std::string_view source = sources_.text(node.span.file);
  const bool interpolated = node.span.begin > 0 && source[node.span.begin - 1] == '$';
  const bool braced = node.span.begin > 1 && source.substr(node.span.begin - 2, 2) == "${";
  std::vector<std::string> more;
  for (const ImplicitRow& row : implicit_names()) more.emplace_back(row.name);
  if (&node == pipe_target_) add_operators(more);
  if (in_process_setting())
    problem.note("what belongs to a task is known in a closure only: `name = { ... }`");
  const std::size_t edits = problem.edits.size();
  suggest(problem, node.span, node.name, more);
  if (problem.edits.size() > edits) return;
  if (&node == bare_text_) {
    problem.note("a text is written in quotes").edit(node.span, fmt::format("'{}'", name));
    return;
  }
  if (is_constant_style(name) && name.size() > 1) {
    problem.note(fmt::format("an environment variable is read by `env('{}')`", name));
  }
  if ((interpolated || braced) && setting_ == Setting::process) {
    const std::uint32_t dollar = node.span.begin - (interpolated ? 1 : 2);
    problem.note("for a variable of the shell, write a backslash before the `$`");
    if (interpolated) problem.edit({node.span.file, dollar, dollar}, "\\");
  } else if (is_capitalised(name) && !is_constant_style(name)) {
    problem.note(
        "classes from a `lib` folder are not run; a class of the library is named with its "
        "package");
  }
}

void Resolver::variable(VariableExpr& node) {
  const std::string_view name = ast_.names.text(node.name);
  if (Variable* const found = visible(node.name); found != nullptr) {
    if (found->implicit_it && !std::exchange(found->warned, true)) {
      warning(Code::deprecated_implicit_it, node.span, "the implicit parameter `it` is deprecated")
          .note("name it: `{ it -> ... }`");
    }
    use(node.binding, *found);
    return;
  }
  if (setting_ != Setting::config || name == "params" || name == "projectDir" ||
      name == "launchDir") {
    if (const ImplicitRow* row = find_implicit(name); row != nullptr) {
      node.binding = {BindingKind::implicit, static_cast<std::uint32_t>(row->meaning), nullptr};
      if (name == "Channel") {
        warning(Code::deprecated_channel_type, node.span, "`Channel` is deprecated here")
            .edit(node.span, "channel");
      }
      return;
    }
  }
  if (const Binding found = global(node.name); found.kind != BindingKind::unresolved) {
    node.binding = found;
    const bool component =
        found.kind == BindingKind::process || found.kind == BindingKind::workflow;
    if (component && (setting_ != Setting::workflow || in_closure())) {
      error(Code::call_outside_workflow, node.span,
            fmt::format("`{}` is a {}: it can be used only in the body of a workflow", name,
                        found.kind == BindingKind::process ? "process" : "workflow"));
    } else if (found.kind == BindingKind::function || found.kind == BindingKind::plugin) {
      error(Code::undefined_variable, node.span,
            fmt::format("`{}` is a function and must be called", name))
          .note(fmt::format("to pass it on, write a closure: `{{ v -> {}(v) }}`", name));
    }
    return;
  }
  if (is_primitive_name(name) || find_name(type_names(), name) != nullptr) {
    node.binding = {BindingKind::type, 0, nullptr};
    return;
  }
  if (setting_ == Setting::config && config_name(node)) {
    node.binding.kind = BindingKind::dynamic;
    return;
  }
  undefined(node);
}

namespace {

/// `MAX_VALUE`: a field, and no class.
bool is_constant_name(std::string_view name) {
  return name.size() > 1 &&
         std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

// `java.nio.file.Files`: lower-case parts, then one or more capitalised ones.
bool Resolver::class_path(PropertyExpr& node) {
  if (!is_capitalised(ast_.names.text(node.name)) || node.access != Access::plain) return false;
  const Expr* root = node.object;
  std::vector<std::string_view> parts{ast_.names.text(node.name)};
  while (root->kind == ExprKind::property && root->as<PropertyExpr>().access == Access::plain) {
    parts.push_back(ast_.names.text(root->as<PropertyExpr>().name));
    root = root->as<PropertyExpr>().object;
  }
  if (root->kind != ExprKind::variable) return false;
  const Name root_name = root->as<VariableExpr>().name;
  parts.push_back(ast_.names.text(root_name));
  std::reverse(parts.begin(), parts.end());
  const bool package = std::find(k_package_roots.begin(), k_package_roots.end(), parts.front()) !=
                       k_package_roots.end();
  if (!package || visible(root_name) != nullptr) return false;
  const bool ordered = std::is_partitioned(parts.begin(), parts.end(),
                                           [](auto part) { return !is_capitalised(part); });
  if (!ordered) return false;
  const bool has_class = parts.size() > 1 && is_capitalised(parts[parts.size() - 2]);
  if (has_class && is_constant_name(parts.back())) return false;
  std::string name;
  for (const std::string_view part : parts)
    name += name.empty() ? std::string(part) : "." + std::string(part);
  node.class_name = ast_.names.intern(name);
  node.binding.kind = BindingKind::type;
  return true;
}

void Resolver::property(PropertyExpr& node) {
  if (class_path(node)) return;
  std::vector<Name> path{node.name};
  Expr* object = node.object;
  while (object->kind == ExprKind::property && !class_path(object->as<PropertyExpr>())) {
    path.push_back(object->as<PropertyExpr>().name);
    object = object->as<PropertyExpr>().object;
  }
  if (object->kind == ExprKind::property) return;
  if (object->kind != ExprKind::variable) {
    expression(object);
    return;
  }
  auto& root = object->as<VariableExpr>();
  variable(root);
  std::reverse(path.begin(), path.end());
  note_read(root, std::move(path));
  if (root.binding.kind == BindingKind::process || root.binding.kind == BindingKind::workflow)
    output_property(node);
}

void Resolver::binary(BinaryExpr& node) {
  // Chains of one operator lean to the left: they are walked down, not into.
  expression(node.left);
  if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) {
    const Condition condition(conditions_);
    return expression(node.right);
  }
  if (node.op == BinaryOp::bit_or && setting_ == Setting::workflow && !in_closure()) {
    pipe_target(*node.right);
  } else {
    expression(node.right);
  }
}

// `publishDir = [path: { ... }]`: a closure among the options of a task's setting is a setting,
// too.
void Resolver::map_entry(const MapEntry& entry) {
  expression(entry.key);
  const bool outer = config_.in_closure;
  if (config_.in_process && entry.value != nullptr && entry.value->kind == ExprKind::closure)
    config_.in_closure = true;
  expression(entry.value);
  config_.in_closure = outer;
}

void Resolver::named(List<NamedArgument> list) {
  for (const NamedArgument& argument : list) expression(argument.value);
}

void Resolver::expression(Expr* node) {
  if (node == nullptr) return;
  const auto all = [this](List<Expr*> list) {
    for (Expr* item : list) expression(item);
  };
  switch (node->kind) {
    case ExprKind::error:
    case ExprKind::null_literal:
    case ExprKind::bool_literal:
    case ExprKind::integer_literal:
    case ExprKind::number_literal:
    case ExprKind::string_literal: return;
    case ExprKind::interpolated:
      for (const Segment& segment : node->as<Interpolated>().segments) expression(segment.value);
      return;
    case ExprKind::variable:
      variable(node->as<VariableExpr>());
      note_read(node->as<VariableExpr>(), {});
      return;
    case ExprKind::property: return property(node->as<PropertyExpr>());
    case ExprKind::index:
      expression(node->as<IndexExpr>().object);
      return all(node->as<IndexExpr>().indices);
    case ExprKind::call: return call(node->as<CallExpr>());
    case ExprKind::construct: {
      auto& construct = node->as<ConstructExpr>();
      type(construct.type, &construct.binding);
      if (construct.type != nullptr &&
          find_name(abstract_types(), ast_.names.text(construct.type->name)) != nullptr) {
        error(Code::abstract_type, construct.type->span,
              fmt::format("`{}` is an abstract type: no object is made of it",
                          text(construct.type->name)));
      }
      all(construct.arguments);
      return named(construct.named);
    }
    case ExprKind::unary: return expression(node->as<UnaryExpr>().operand);
    case ExprKind::binary: return binary(node->as<BinaryExpr>());
    case ExprKind::ternary: {
      expression(node->as<TernaryExpr>().condition);
      const Condition condition(conditions_);
      expression(node->as<TernaryExpr>().then);
      return expression(node->as<TernaryExpr>().otherwise);
    }
    case ExprKind::elvis: {
      expression(node->as<ElvisExpr>().value);
      const Condition condition(conditions_);
      return expression(node->as<ElvisExpr>().otherwise);
    }
    case ExprKind::cast:
      expression(node->as<CastExpr>().value);
      return type(node->as<CastExpr>().type, &node->as<CastExpr>().binding);
    case ExprKind::instance_of:
      expression(node->as<InstanceOfExpr>().value);
      return type(node->as<InstanceOfExpr>().type, &node->as<InstanceOfExpr>().binding);
    case ExprKind::range:
      expression(node->as<RangeExpr>().from);
      return expression(node->as<RangeExpr>().to);
    case ExprKind::list: return all(node->as<ListExpr>().items);
    case ExprKind::map:
      for (const MapEntry& entry : node->as<MapExpr>().entries) map_entry(entry);
      return;
    case ExprKind::closure: return closure(node->as<ClosureExpr>());
  }
}

}  // namespace weir::lang::internal
