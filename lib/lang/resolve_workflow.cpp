#include "lang/internal/resolver.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace weir::lang::internal {

void Resolver::function(FunctionDecl& node) {
  setting_ = Setting::function;
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    parameters(node.parameters);
    type(node.returns);
    block(node.body);
  }
  node.frame_size = body_->next_slot;
  end_body();
  bodies_.clear();
  variables_.clear();
}

void Resolver::record(const RecordDecl& node) {
  std::unordered_map<Name, Span> seen;
  for (const FieldDecl& field : node.fields) {
    type(field.type);
    const auto [first, fresh] = seen.emplace(field.name, field.span);
    if (fresh) continue;
    error(Code::repeated_name, field.span,
          fmt::format("a second field is called `{}`", text(field.name)))
        .label(first->second, "the first one");
  }
}

void Resolver::params(ParamsDecl& node) {
  setting_ = Setting::params;
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    std::unordered_map<Name, Span> seen;
    for (const FieldDecl& field : node.fields) {
      type(field.type);
      expression(field.default_value);
      const auto [first, fresh] = seen.emplace(field.name, field.span);
      if (fresh) continue;
      error(Code::repeated_name, field.span,
            fmt::format("parameter `{}` is declared twice", text(field.name)))
          .label(first->second, "the first declaration");
    }
  }
  node.frame_size = body_->next_slot;
  end_body();
  bodies_.clear();
  variables_.clear();
}

void Resolver::legacy_param(LegacyParamDecl& node) {
  setting_ = Setting::params;
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    expression(node.value);
  }
  node.frame_size = body_->next_slot;
  end_body();
  bodies_.clear();
  variables_.clear();
}

void Resolver::output(OutputDecl& node) {
  setting_ = Setting::output;
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    std::unordered_map<Name, Span> seen;
    for (OutputTarget& target : node.targets) {
      type(target.type);
      directives(target.directives, output_directives(), "setting of an output");
      const auto [first, fresh] = seen.emplace(target.name, target.span);
      if (fresh) continue;
      error(Code::repeated_name, target.span,
            fmt::format("output `{}` is declared twice", text(target.name)))
          .label(first->second, "the first declaration");
    }
  }
  node.frame_size = body_->next_slot;
  end_body();
  bodies_.clear();
  variables_.clear();
}

void Resolver::emits(List<WorkflowEmit> list, std::string_view what) {
  std::unordered_map<Name, Span> seen;
  for (WorkflowEmit& emit : list) {
    type(emit.type);
    expression(emit.value);
    if (ast_.names.text(emit.name) == "$out") {
      if (list.size() > 1) {
        error(Code::missing_emit_name, emit.span,
              fmt::format("each of several {}s needs a name: `name = value`", what));
      }
      continue;
    }
    const auto [first, fresh] = seen.emplace(emit.name, emit.span);
    if (fresh) continue;
    error(Code::repeated_emit, emit.span,
          fmt::format("a second {} is called `{}`", what, text(emit.name)))
        .label(first->second, "the first one");
  }
}

void Resolver::publishers(WorkflowDecl& node, const OutputDecl* outputs) {
  emits(node.publishers, "published output");
  std::unordered_set<Name> declared;
  if (outputs != nullptr) {
    for (const OutputTarget& target : outputs->targets) declared.insert(target.name);
  }
  std::unordered_set<Name> assigned;
  bool all_known = true;
  for (const WorkflowEmit& published : node.publishers) {
    assigned.insert(published.name);
    const std::string name = text(published.name);
    if (name == "$out") {
      error(Code::legacy_publish, published.span, "a published output is written `name = channel`")
          .note("declare the name in the `output { }` block");
      all_known = false;
      continue;
    }
    if (declared.contains(published.name)) continue;
    all_known = false;
    auto& problem =
        error(Code::unknown_output, published.span, fmt::format("there is no output `{}`", name));
    if (!diagnostics_.kept(problem)) continue;
    std::vector<std::string> names;
    for (const Name other : declared) names.push_back(text(other));
    std::sort(names.begin(), names.end());
    if (const auto near = base::nearest(name, names)) {
      problem.note(fmt::format("did you mean `{}`?", *near)).edit(published.span, *near);
    } else {
      problem.note(fmt::format("declare it: `output {{ {} {{ path '.' }} }}`", name));
    }
  }
  const bool is_entry = node.name == Name::none;
  if (is_entry && outputs != nullptr && all_known) unpublished(*outputs, assigned);
}

void Resolver::unpublished(const OutputDecl& outputs, const std::unordered_set<Name>& assigned) {
  for (const OutputTarget& target : outputs.targets) {
    if (assigned.contains(target.name)) continue;
    error(Code::unknown_output, target.span,
          fmt::format("nothing is published to the output `{}`", text(target.name)))
        .note(fmt::format("assign it in the section `publish:` of the workflow: `{} = channel`",
                          text(target.name)));
  }
}

void Resolver::workflow(WorkflowDecl& node, const OutputDecl* outputs) {
  setting_ = Setting::workflow;
  workflow_ = &node;
  called_.clear();
  called_maybe_.clear();
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    for (WorkflowTake& take : node.takes) {
      type(take.type);
      Variable& variable = declare(take.name, take.span);
      variable.local = false;
      take.slot = variable.slot;
      cells_.emplace_back(&take.cell, &variable);
    }
    block(node.main);
    emits(node.emits, "output");
    publishers(node, outputs);
    block_in_scope(node.on_complete);
    block_in_scope(node.on_error);
  }
  node.frame_size = body_->next_slot;
  end_body();
  node.variables = body_variables();
  workflow_ = nullptr;
  bodies_.clear();
  variables_.clear();
}

}  // namespace weir::lang::internal
