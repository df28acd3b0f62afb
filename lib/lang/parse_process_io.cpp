#include "lang/internal/script_parser.hpp"

#include "lang/vocabulary.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

// Inputs and outputs of processes: parsed as expressions, then understood as declarations.
namespace weir::lang::internal {
namespace {

template <typename Kind>
struct QualifierRow {
  std::string_view name;
  Kind kind;
};

constexpr std::array k_inputs = {
    QualifierRow<InputKind>{"val", InputKind::val},
    QualifierRow<InputKind>{"path", InputKind::path},
    QualifierRow<InputKind>{"file", InputKind::file},
    QualifierRow<InputKind>{"env", InputKind::env},
    QualifierRow<InputKind>{"stdin", InputKind::standard_input},
    QualifierRow<InputKind>{"tuple", InputKind::tuple},
    QualifierRow<InputKind>{"each", InputKind::each},
};

constexpr std::array k_outputs = {
    QualifierRow<OutputKind>{"val", OutputKind::val},
    QualifierRow<OutputKind>{"path", OutputKind::path},
    QualifierRow<OutputKind>{"file", OutputKind::file},
    QualifierRow<OutputKind>{"env", OutputKind::env},
    QualifierRow<OutputKind>{"eval", OutputKind::eval},
    QualifierRow<OutputKind>{"stdout", OutputKind::standard_output},
    QualifierRow<OutputKind>{"tuple", OutputKind::tuple},
};

template <typename Rows>
auto find_row(const Rows& rows, std::string_view name) -> decltype(rows.data()) {
  for (const auto& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

template <typename Rows>
std::string near_note(const Rows& rows, std::string_view name) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  if (const auto near = base::nearest(name, names)) return fmt::format("did you mean `{}`?", *near);
  return "possible are " + base::join(names, ", ");
}

}  // namespace

// `stdin` and `stdout` are calls without arguments.
const CallExpr* ScriptParser::as_qualifier(const Expr& value) {
  if (value.kind == ExprKind::call) {
    const auto& call = value.as<CallExpr>();
    return call.object == nullptr && call.callee == nullptr ? &call : nullptr;
  }
  if (value.kind != ExprKind::variable) return nullptr;
  auto* const call = make_expr<CallExpr>(ExprKind::call, value.span);
  call->name = value.as<VariableExpr>().name;
  call->name_span = value.span;
  return call;
}

bool ScriptParser::unquoted_env(const Expr& argument) {
  if (argument.kind != ExprKind::variable) return false;
  const std::string name(ast_.names.text(argument.as<VariableExpr>().name));
  complain(Code::legacy_env_name, argument.span,
           fmt::format("the name of the environment variable `{}` needs quotes", name))
      .edit(argument.span, "'" + name + "'");
  return true;
}

void ScriptParser::input_argument(ProcessInput& result, const CallExpr& call) {
  const std::string_view qualifier = ast_.names.text(call.name);
  const std::size_t expected = result.kind == InputKind::standard_input ? 0 : 1;
  if (call.arguments.size() != expected) {
    complain(Code::invalid_input, call.span,
             expected == 0 ? std::string("`stdin` takes no argument")
                           : fmt::format("`{}` takes one argument", qualifier));
    return;
  }
  if (expected == 0) return;
  Expr* const argument = call.arguments.front();
  const bool variable = argument->kind == ExprKind::variable;
  switch (result.kind) {
    case InputKind::env:
      if (!unquoted_env(*argument)) result.argument = argument;
      return;
    case InputKind::each: {
      // `each x` is short for `each val(x)`.
      std::optional<ProcessInput> element;
      if (variable) {
        element = ProcessInput{};
        element->span = argument->span;
        element->name = argument->as<VariableExpr>().name;
      } else {
        element = input(*argument, true);
      }
      if (element) result.elements = list(std::vector<ProcessInput>{*element});
      return;
    }
    case InputKind::path:
    case InputKind::file:
      if (variable) {
        result.name = argument->as<VariableExpr>().name;
      } else if (argument->kind == ExprKind::string_literal ||
                 argument->kind == ExprKind::interpolated) {
        result.argument = argument;
      } else {
        complain(
            Code::invalid_input, argument->span,
            fmt::format("`{}` takes the name of a variable, or a file name in quotes", qualifier));
      }
      return;
    default:
      if (variable) {
        result.name = argument->as<VariableExpr>().name;
      } else {
        complain(Code::invalid_input, argument->span,
                 fmt::format("`{}` takes the name of a variable", qualifier));
      }
  }
}

std::optional<ProcessInput> ScriptParser::input(const Expr& value, bool inside_tuple) {
  const CallExpr* const call = as_qualifier(value);
  if (call == nullptr) {
    complain(Code::invalid_input, value.span,
             "an input is declared as `val name`, `path name`, `tuple val(a), path(b)`, …");
    return std::nullopt;
  }
  const std::string_view qualifier = ast_.names.text(call->name);
  const auto* const row = find_row(k_inputs, qualifier);
  if (row == nullptr && qualifier == "set") {
    complain(Code::legacy_set_input, call->name_span, "`set` is now `tuple`")
        .note("each element needs a qualifier: `tuple val(a), path(b)`")
        .edit(call->name_span, "tuple");
    return std::nullopt;
  }
  if (row == nullptr ||
      (inside_tuple && (row->kind == InputKind::tuple || row->kind == InputKind::each))) {
    auto& problem = complain(
        Code::unknown_qualifier, call->name_span,
        row == nullptr ? fmt::format("there is no input qualifier `{}`", qualifier)
                       : fmt::format("`{}` cannot stand inside of another input", qualifier));
    if (row == nullptr) problem.note(near_note(k_inputs, qualifier));
    return std::nullopt;
  }
  ProcessInput result;
  result.kind = row->kind;
  result.span = call->span;
  result.options = call->named;
  if (result.kind != InputKind::tuple) {
    input_argument(result, *call);
    return result;
  }
  std::vector<ProcessInput> elements;
  for (const Expr* argument : call->arguments) {
    if (auto element = input(*argument, true)) elements.push_back(*element);
  }
  if (call->arguments.empty()) complain(Code::invalid_input, call->span, "a tuple needs elements");
  result.elements = list(elements);
  return result;
}

ProcessInput ScriptParser::typed_group() {
  ProcessInput result;
  result.kind = InputKind::typed;
  result.record = at_word(Word::record_);
  const std::uint32_t begin = take().begin;
  const Token opener = take();
  std::vector<ProcessInput> elements;
  do {
    skip_newlines();
    if (at(TokenKind::right_paren)) break;
    ProcessInput element;
    element.kind = InputKind::typed;
    element.span = span_of(peek());
    element.name = expect_name("the name of an input");
    if (!panicking()) element.type = optional_type();
    if (!panicking()) elements.push_back(element);
    skip_newlines();
  } while (!panicking() && accept(TokenKind::comma));
  if (!panicking()) expect_closing(TokenKind::right_paren, opener);
  result.elements = list(elements);
  result.span = span_from(begin);
  return result;
}

// `name: Type`, `tuple(a: A, b: B)`, `record(a: A)`; in a typed script also a bare name.
std::optional<ProcessInput> ScriptParser::typed_input() {
  const bool group = (at_word(Word::tuple_) || at_word(Word::record_)) &&
                     peek(1).kind == TokenKind::left_paren &&
                     peek(2).kind == TokenKind::identifier && peek(3).kind == TokenKind::colon;
  const bool group_over_lines =
      (at_word(Word::tuple_) || at_word(Word::record_)) && peek(1).kind == TokenKind::left_paren &&
      peek(2).kind == TokenKind::newline && peek(3).kind == TokenKind::identifier &&
      peek(4).kind == TokenKind::colon;
  if (group || group_over_lines) return typed_group();
  if (!at(TokenKind::identifier) || (peek(1).kind != TokenKind::colon && !typed_))
    return std::nullopt;
  if (peek(1).kind != TokenKind::colon && peek(1).kind != TokenKind::newline) return std::nullopt;
  ProcessInput result;
  result.kind = InputKind::typed;
  result.span = span_of(peek());
  result.name = intern(take());
  result.type = optional_type();
  return result;
}

void ScriptParser::complain_untyped(Span span) {
  complain(Code::typed_only, span, "`name: Type` declares an input in typed scripts only")
      .note(
          "put `nextflow.enable.types = true` at the top of this script, or write `val name`, "
          "`path name`");
}

void ScriptParser::complain_typed(Span span) {
  complain(Code::untyped_only, span, "in a typed script an input is declared as `name: Type`")
      .note("the line `nextflow.enable.types` makes the whole script typed");
}

void ScriptParser::process_inputs(ProcessDecl& node) {
  std::vector<ProcessInput> inputs(node.inputs.begin(), node.inputs.end());
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file) || at_section(TypedNames::yes))
      break;
    const std::size_t before = index_;
    if (auto typed = typed_input()) {
      if (!typed_ && !node.typed) complain_untyped(typed->span);
      node.typed = true;
      inputs.push_back(*typed);
    } else if (const Stmt* const parsed = statement();
               parsed != nullptr && !panicking() && at_statement_end()) {
      if (parsed->kind == StmtKind::expression) {
        if (!missing_script(*parsed)) {
          if (typed_) complain_typed(parsed->span);
          if (auto made = input(*parsed->as<ExpressionStmt>().value, false))
            inputs.push_back(*made);
        }
      } else {
        complain(Code::invalid_input, parsed->span,
                 "a statement cannot stand among the inputs of a process");
      }
    }
    end_statement(before);
    if (index_ == before) take();
  }
  node.inputs = list(inputs);
}

void ScriptParser::output_options(ProcessOutput& result, const CallExpr& call, bool inside_tuple) {
  std::vector<NamedArgument> options;
  for (const NamedArgument& option : call.named) {
    const std::string_view key = ast_.names.text(option.key);
    if (key != "emit") {
      options.push_back(option);
      // The name of a topic stands without quotes, too.
      if (key == "topic" && option.value->kind == ExprKind::variable) {
        auto* const topic = make_expr<StringLiteral>(ExprKind::string_literal, option.value->span);
        topic->value = ast_.names.text(option.value->as<VariableExpr>().name);
        topic->site = ast_.site_count++;
        options.back().value = topic;
      }
      continue;
    }
    result.emit_span = option.value->span;
    if (option.value->kind == ExprKind::variable) {
      result.emit = option.value->as<VariableExpr>().name;
    } else if (option.value->kind == ExprKind::string_literal) {
      result.emit = ast_.names.intern(option.value->as<StringLiteral>().value);
    } else {
      complain(Code::invalid_output, option.value->span, "`emit` takes a name, as in `emit: bam`");
    }
    if (inside_tuple) {
      complain(Code::invalid_output, option.key_span,
               "`emit` belongs to the whole tuple, behind its elements");
    }
  }
  result.options = list(options);
}

std::optional<ProcessOutput> ScriptParser::output(const Expr& value, bool inside_tuple) {
  const CallExpr* const call = as_qualifier(value);
  if (call == nullptr) {
    complain(Code::invalid_output, value.span,
             "an output is declared as `path 'name'`, `val x`, `tuple val(a), path('b')`, …");
    return std::nullopt;
  }
  const std::string_view qualifier = ast_.names.text(call->name);
  const auto* const row = find_row(k_outputs, qualifier);
  if (row == nullptr && qualifier == "set") {
    complain(Code::legacy_set_input, call->name_span, "`set` is now `tuple`")
        .note("each element needs a qualifier: `tuple val(a), path('b')`")
        .edit(call->name_span, "tuple");
    return std::nullopt;
  }
  if (row == nullptr || (inside_tuple && row->kind == OutputKind::tuple)) {
    auto& problem =
        complain(Code::unknown_qualifier, call->name_span,
                 row == nullptr ? fmt::format("there is no output qualifier `{}`", qualifier)
                                : "a tuple cannot stand inside of a tuple");
    if (row == nullptr) problem.note(near_note(k_outputs, qualifier));
    return std::nullopt;
  }
  ProcessOutput result;
  result.kind = row->kind;
  result.span = call->span;
  output_options(result, *call, inside_tuple);
  if (result.kind == OutputKind::tuple) {
    std::vector<ProcessOutput> elements;
    for (const Expr* argument : call->arguments) {
      if (auto element = output(*argument, true)) elements.push_back(*element);
    }
    if (call->arguments.empty())
      complain(Code::invalid_output, call->span, "a tuple needs elements");
    result.elements = list(elements);
    return result;
  }
  const std::size_t expected = result.kind == OutputKind::standard_output ? 0 : 1;
  if (call->arguments.size() != expected) {
    complain(Code::invalid_output, call->span,
             expected == 0 ? std::string("`stdout` takes no argument")
                           : fmt::format("`{}` takes one argument", qualifier));
  } else if (expected == 1) {
    result.argument = call->arguments.front();
    if (result.kind == OutputKind::env && unquoted_env(*result.argument)) result.argument = nullptr;
  }
  return result;
}

// `name`, `name: Type`, `name = value`, `name: Type = value`, or one value.
std::optional<ProcessOutput> ScriptParser::typed_output() {
  ProcessOutput result;
  result.kind = OutputKind::typed;
  result.span = span_of(peek());
  const TokenKind next = peek(1).kind;
  if (at(TokenKind::identifier) && (next == TokenKind::colon || next == TokenKind::assign ||
                                    next == TokenKind::newline || next == TokenKind::right_brace)) {
    result.emit_span = span_of(peek());
    result.emit = intern(take());
    result.type = optional_type();
    if (!panicking() && accept(TokenKind::assign)) {
      skip_newlines();
      result.argument = expression();
    } else {
      auto* const variable = make_expr<VariableExpr>(ExprKind::variable, result.emit_span);
      variable->name = result.emit;
      result.argument = variable;
    }
  } else {
    const Stmt* const parsed = statement();
    if (parsed == nullptr || panicking()) return std::nullopt;
    // A short text may be the value of an output.
    const std::string_view text = sources_.text(parsed->span);
    const bool is_block = text.starts_with("\"\"\"") || text.starts_with("'''");
    if (is_block && missing_script(*parsed)) return std::nullopt;
    if (parsed->kind != StmtKind::expression) {
      complain(Code::invalid_output, parsed->span,
               "a statement cannot stand among the outputs of a process");
      return std::nullopt;
    }
    result.argument = parsed->as<ExpressionStmt>().value;
  }
  result.span = span_from(result.span);
  return result;
}

void ScriptParser::process_outputs(ProcessDecl& node) {
  std::vector<ProcessOutput> outputs(node.outputs.begin(), node.outputs.end());
  while (true) {
    skip_separators();
    if (at(TokenKind::right_brace) || at(TokenKind::end_of_file) || at_section(TypedNames::yes))
      break;
    const std::size_t before = index_;
    if (node.typed || (at(TokenKind::identifier) && peek(1).kind == TokenKind::colon)) {
      node.typed = true;
      if (auto made = typed_output()) outputs.push_back(*made);
    } else if (const Stmt* const parsed = statement();
               parsed != nullptr && !panicking() && at_statement_end()) {
      if (parsed->kind == StmtKind::expression) {
        if (!missing_script(*parsed)) {
          if (auto made = output(*parsed->as<ExpressionStmt>().value, false))
            outputs.push_back(*made);
        }
      } else {
        complain(Code::invalid_output, parsed->span,
                 "a statement cannot stand among the outputs of a process");
      }
    }
    end_statement(before);
    if (index_ == before) take();
  }
  node.outputs = list(outputs);
}

}  // namespace weir::lang::internal
