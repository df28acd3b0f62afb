#include "lang/internal/resolver.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace weir::lang::internal {
namespace {

std::string_view qualifier_of(InputKind kind) {
  switch (kind) {
    case InputKind::path: return "path";
    case InputKind::file: return "file";
    default: return "val";
  }
}

std::string_view qualifier_of(OutputKind kind) {
  switch (kind) {
    case OutputKind::path: return "path";
    case OutputKind::file: return "file";
    default: return "val";
  }
}

}  // namespace

void Resolver::directives(List<Directive> list, std::span<const NameRow> known,
                          std::string_view what) {
  for (Directive& directive : list) {
    const std::string_view name = ast_.names.text(directive.name);
    const NameRow* const row = find_name(known, name);
    if (row == nullptr) {
      auto& problem = error(Code::unknown_directive, directive.name_span,
                            fmt::format("there is no {} `{}`", what, name));
      std::vector<std::string> names;
      for (const NameRow& candidate : known) names.emplace_back(candidate.name);
      if (const auto near = base::nearest(name, names)) {
        problem.note(fmt::format("did you mean `{}`?", *near)).edit(directive.name_span, *near);
      } else if (setting_ == Setting::process) {
        problem.note("settings of your own are made with `ext`: `ext name: value`");
      }
    }
    for (Expr* argument : directive.arguments) {
      bare_text_ = argument;
      expression(argument);
    }
    for (const NamedArgument& argument : directive.named) {
      bare_text_ = argument.value;
      expression(argument.value);
    }
    bare_text_ = nullptr;
    directives(directive.nested, index_directives(), "setting of `index`");
  }
}

void Resolver::options(List<NamedArgument> list, std::string_view qualifier, bool input) {
  const std::span<const std::string_view> known =
      input ? input_options(qualifier) : output_options(qualifier);
  for (const NamedArgument& option : list) {
    const std::string_view key = ast_.names.text(option.key);
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      auto& problem =
          error(Code::unknown_option, option.key_span,
                fmt::format("this {} has no option `{}`", input ? "input" : "output", key));
      const std::vector<std::string> names(known.begin(), known.end());
      if (const auto near = base::nearest(key, names)) {
        problem.note(fmt::format("did you mean `{}`?", *near)).edit(option.key_span, *near);
      } else if (!names.empty()) {
        problem.note("its options are " + base::join(names, ", "));
      }
    }
    expression(option.value);
  }
}

void Resolver::process_inputs(List<ProcessInput> inputs) {
  // Names first: `stageAs: "${name}.txt"` may use an input that is declared further down.
  for (ProcessInput& input : inputs) {
    type(input.type);
    process_inputs(input.elements);
    if (input.name == Name::none) continue;
    Variable& variable = declare(input.name, input.span);
    variable.local = false;
    input.slot = variable.slot;
    cells_.emplace_back(&input.cell, &variable);
  }
}

/// The functions that mean something else in a typed output than elsewhere: what the task left.
bool Resolver::output_call(CallExpr& node) {
  struct Row {
    std::string_view name;
    OutputKind kind;
    std::size_t arguments;
    bool many;
  };
  static constexpr std::array k_rows = {
      Row{"file", OutputKind::path, 1, false}, Row{"files", OutputKind::path, 1, true},
      Row{"env", OutputKind::env, 1, false}, Row{"eval", OutputKind::eval, 1, false},
      Row{"stdout", OutputKind::standard_output, 0, false}};
  if (output_calls_ == nullptr) return false;
  const std::string_view name = ast_.names.text(node.name);
  const auto* const row =
      std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& one) { return one.name == name; });
  if (row == k_rows.end()) return false;
  if (in_closure()) {
    error(Code::invalid_output, node.span,
          fmt::format("`{}` of an output cannot stand in a closure", name))
        .note("name what the task leaves outside of the closure");
    return true;
  }
  if (node.arguments.size() != row->arguments) {
    error(Code::invalid_output, node.span,
          row->arguments == 0 ? fmt::format("`{}` takes no argument", name)
                              : fmt::format("`{}` takes one argument", name));
  }
  static constexpr std::array<std::string_view, 7> k_options = {
      "followLinks", "glob", "hidden", "includeInputs", "maxDepth", "type", "optional"};
  const std::size_t known = row->kind == OutputKind::path ? k_options.size() : 0;
  for (const NamedArgument& option : node.named) {
    const auto* const end = k_options.begin() + known;
    if (std::find(k_options.begin(), end, ast_.names.text(option.key)) == end) {
      error(Code::unknown_option, option.key_span,
            fmt::format("`{}` has no option `{}`", name, text(option.key)));
    }
  }
  node.target = {BindingKind::task_output, body_->next_slot++, nullptr};
  output_calls_->push_back({&node, row->kind, row->many, conditions_ > 0, node.target.slot});
  return true;
}

void Resolver::process_output(ProcessOutput& output) {
  type(output.type);
  expression(output.argument);
  if (output.kind != OutputKind::typed) options(output.options, qualifier_of(output.kind), false);
  for (ProcessOutput& element : output.elements) process_output(element);
}

void Resolver::process_outputs(ProcessDecl& node) {
  std::unordered_map<Name, Span> emits;
  for (ProcessOutput& output : node.outputs) {
    process_output(output);
    if (output.emit == Name::none) {
      if (node.typed && node.outputs.size() > 1) {
        error(Code::missing_emit_name, output.span,
              "each of several outputs needs a name: `name = value`");
      }
      continue;
    }
    const auto [first, fresh] = emits.emplace(output.emit, output.emit_span);
    if (fresh) continue;
    error(Code::repeated_emit, output.emit_span,
          fmt::format("a second output is called `{}`", text(output.emit)))
        .label(first->second, "the first one");
  }
}

void Resolver::stages(List<Stmt*> list) {
  for (Stmt* item : list) {
    const Expr* const value =
        item->kind == StmtKind::expression ? item->as<ExpressionStmt>().value : nullptr;
    const bool call = value != nullptr && value->kind == ExprKind::call &&
                      value->as<CallExpr>().object == nullptr;
    if (!call ||
        find_name(stage_directives(), ast_.names.text(value->as<CallExpr>().name)) == nullptr) {
      error(Code::unknown_directive, item->span,
            "section `stage:` holds `env`, `stageAs` and `stdin` only");
      continue;
    }
    const auto& directive = value->as<CallExpr>();
    const std::size_t wanted = ast_.names.text(directive.name) == "stdin" ? 1 : 2;
    check_count(directive, wanted, wanted, fmt::format("`{}`", text(directive.name)));
    for (Expr* argument : value->as<CallExpr>().arguments) expression(argument);
    named(value->as<CallExpr>().named);
  }
}

// `value >> 'topic'`, where the value is written like that of an output.
void Resolver::topics(List<Stmt*> list) {
  for (Stmt* item : list) {
    Expr* const value =
        item->kind == StmtKind::expression ? item->as<ExpressionStmt>().value : nullptr;
    if (value == nullptr || value->kind != ExprKind::binary ||
        value->as<BinaryExpr>().op != BinaryOp::shift_right) {
      error(Code::invalid_output, item->span, "section `topic:` holds `value >> 'topic'` only");
      continue;
    }
    expression(value);
  }
}

void Resolver::process_code(Block* code, std::vector<Read>& reads) {
  reads_ = &reads;
  block_in_scope(code);
  reads_ = nullptr;
}

void Resolver::process(ProcessDecl& node) {
  setting_ = Setting::process;
  bodies_.clear();
  variables_.clear();
  std::vector<Read> script_reads;
  std::vector<Read> stub_reads;
  begin_body(nullptr);
  {
    const Scope scope(*this);
    body_scope_ = scope_;
    declare(ast_.names.intern("task"), node.name_span).local = false;
    process_inputs(node.inputs);
    const auto input_options_of = [this](const auto& self, List<ProcessInput> inputs) -> void {
      for (const ProcessInput& input : inputs) {
        expression(input.argument);
        options(input.options, qualifier_of(input.kind), true);
        self(self, input.elements);
      }
    };
    input_options_of(input_options_of, node.inputs);
    // The script before the directives: `tag "$prefix"` is evaluated behind it.
    if (node.when != nullptr) expression(node.when);
    process_code(node.script, script_reads);
    if (node.stub != nullptr) process_code(node.stub, stub_reads);
    directives(node.directives, process_directives(), "process directive");
    stages(node.stages);
    std::vector<OutputCall> output_calls;
    if (node.typed) output_calls_ = &output_calls;
    process_outputs(node);
    topics(node.topics);
    output_calls_ = nullptr;
    node.output_calls = ast_.arena.list(output_calls);
    if (node.script_kind == ScriptKind::shell) {
      warning(Code::deprecated_shell_section, node.script_span, "section `shell:` is deprecated")
          .note("use `script:` with `$name` for values and `\\$NAME` for variables of the shell");
    }
  }
  node.frame_size = body_->next_slot;
  end_body();
  node.variables = body_variables();
  node.script_reads = settled_reads(script_reads);
  node.stub_reads = settled_reads(stub_reads);
  bodies_.clear();
  variables_.clear();
}

}  // namespace weir::lang::internal
