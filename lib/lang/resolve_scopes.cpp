#include "lang/internal/resolver.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::lang::internal {

Resolver::Resolver(Ast& ast, const SourceMap& sources, Diagnostics& diagnostics,
                   const Globals& globals)
    : ast_(ast), sources_(sources), diagnostics_(diagnostics), globals_(globals) {}

Diagnostic& Resolver::error(Code code, Span span, std::string message) {
  return diagnostics_.error(code, span, std::move(message));
}

Diagnostic& Resolver::warning(Code code, Span span, std::string message) {
  return diagnostics_.warning(code, span, std::move(message));
}

Resolver::Scope::~Scope() {
  for (auto variable = names_.rbegin(); variable != names_.rend(); ++variable) {
    resolver_.set_visible((*variable)->name, (*variable)->shadowed);
  }
  resolver_.scope_ = outer_;
}

Variable* Resolver::visible(Name name) const {
  const auto index = static_cast<std::size_t>(name);
  return index < visible_.size() ? visible_[index] : nullptr;
}

void Resolver::set_visible(Name name, Variable* variable) {
  const auto index = static_cast<std::size_t>(name);
  if (index >= visible_.size()) visible_.resize(ast_.names.size());
  visible_[index] = variable;
}

Body& Resolver::outermost() const {
  Body* body = body_;
  while (body->parent != nullptr) body = body->parent;
  return *body;
}

Body& Resolver::begin_body(ClosureExpr* closure) {
  Body& body = bodies_.emplace_back();
  body.parent = body_;
  body.closure = closure;
  body_ = &body;
  return body;
}

void Resolver::end_body() {
  Body& body = *body_;
  if (body.closure != nullptr) body.closure->frame_size = body.next_slot;
  body_ = body.parent;
  if (body_ == nullptr) settle();
}

Variable& Resolver::add_variable(Name name, Span span) {
  Variable& variable = variables_.emplace_back();
  variable.name = name;
  variable.span = span;
  variable.owner = body_;
  variable.slot = body_->next_slot++;
  variable.writes = 1;
  return variable;
}

Variable& Resolver::declare(Name name, Span span) {
  const Variable* const taken = visible(name);
  if (ast_.names.text(name) == "_") {
    error(Code::underscore_reserved, span, "`_` cannot be the name of a variable")
        .note("name what is not used with a leading `_`, as in `_meta`");
  } else if (taken != nullptr && name != Name::none && !taken->implicit_it) {
    error(Code::already_declared, span, fmt::format("`{}` is already declared", text(name)))
        .label(taken->span, "the first declaration")
        .note("choose another name, or leave out `def` to assign to the first one");
  }
  Variable& variable = add_variable(name, span);
  variable.local = true;
  variable.shadowed = visible(name);
  set_visible(name, &variable);
  scope_->push_back(&variable);
  return variable;
}

Variable& Resolver::declare_in_body(Name name, Span span) {
  Body* const inner = std::exchange(body_, &outermost());
  Variable& variable = add_variable(name, span);
  body_ = inner;
  variable.undeclared = true;
  set_visible(name, &variable);
  body_scope_->push_back(&variable);
  return variable;
}

void Resolver::use(Binding& binding, Variable& variable) {
  if (captures_ > k_captures_max) return;  // reported; the tree will not be evaluated
  for (Body* body = body_; body != variable.owner; body = body->parent) {
    variable.captured = true;
    const auto index = static_cast<std::uint32_t>(body->captures.size());
    if (!body->capture_index.emplace(&variable, index).second) continue;
    body->captures.push_back(&variable);
    ++captures_;
  }
  if (captures_ > k_captures_max) {
    error(
        Code::too_many_captures, variable.span,
        fmt::format("the closures of this script use more than {} variables of what is around them",
                    k_captures_max));
    return;
  }
  // Calls ask for the kind before the bindings are settled.
  binding.kind = BindingKind::local;
  uses_.push_back({&binding, &variable, body_});
}

void Resolver::settle_captures(const Body& body) {
  std::vector<Capture> captures;
  for (const Variable* variable : body.captures) {
    Capture capture;
    capture.name = variable->name;
    const bool cell = variable->needs_cell();
    if (body.parent == variable->owner) {
      capture.from = cell ? BindingKind::local_cell : BindingKind::local;
      capture.slot = variable->slot;
    } else {
      capture.from = cell ? BindingKind::captured_cell : BindingKind::captured;
      capture.slot = body.parent->capture_index.at(variable);
    }
    captures.push_back(capture);
  }
  body.closure->captures = ast_.arena.list(captures);
}

void Resolver::settle() {
  for (const Use& use : uses_) {
    const bool cell = use.variable->needs_cell();
    if (use.body == use.variable->owner) {
      use.binding->kind = cell ? BindingKind::local_cell : BindingKind::local;
      use.binding->slot = use.variable->slot;
    } else {
      use.binding->kind = cell ? BindingKind::captured_cell : BindingKind::captured;
      use.binding->slot = use.body->capture_index.at(use.variable);
    }
  }
  for (const auto& [place, variable] : cells_) *place = variable->needs_cell();
  for (const Body& body : bodies_) {
    if (body.closure != nullptr) settle_captures(body);
  }
  uses_.clear();
  cells_.clear();
}

List<BodyVariable> Resolver::body_variables() {
  std::vector<BodyVariable> result;
  const Body* const body = &bodies_.front();
  for (const Variable& variable : variables_) {
    if (variable.owner != body) continue;
    result.push_back(
        {variable.name, variable.span, variable.slot, variable.needs_cell(), variable.local});
  }
  return ast_.arena.list(result);
}

void Resolver::add_operators(std::vector<std::string>& names) {
  for (const FunctionRow& row : channel_operators()) names.emplace_back(row.name);
}

void Resolver::suggest(Diagnostic& diagnostic, Span span, Name name,
                       const std::vector<std::string>& more) {
  if (!diagnostics_.kept(diagnostic)) return;
  std::vector<std::string> candidates = more;
  for (const Variable* variable : visible_) {
    if (variable != nullptr) candidates.push_back(text(variable->name));
  }
  for (const auto& [global, binding] : globals_) candidates.push_back(text(global));
  const std::string_view wanted = ast_.names.text(name);
  const auto near = base::nearest(wanted, candidates);
  // Among short names nearly everything is near.
  if (near && base::edit_distance(wanted, *near) <= std::max<std::size_t>(1, wanted.size() / 3)) {
    diagnostic.note(fmt::format("did you mean `{}`?", *near)).edit(span, *near);
  }
}

}  // namespace weir::lang::internal
