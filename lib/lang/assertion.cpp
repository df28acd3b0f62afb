#include "lang/internal/evaluator.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include "base/text.hpp"

#include <algorithm>

// The message of a failed `assert`: the expression with the values of its parts below it. Declared
// in internal/evaluator.hpp.

namespace weir::lang {
namespace {

constexpr std::size_t k_value_bytes_max = 60;

struct Part {
  std::size_t column;  ///< within the line of the expression
  std::string value;
};

/// Gathers the parts of an expression whose values are worth showing, and where each is shown:
/// names and calls at their name, operators at the operator.
class PartFinder {
 public:
  void visit(const Expr& expression) {
    switch (expression.kind) {
      case ExprKind::variable: add(expression, expression.span.begin); break;
      case ExprKind::property:
        if (expression.as<PropertyExpr>().binding.kind == BindingKind::type) return;
        visit(*expression.as<PropertyExpr>().object);
        add(expression, expression.as<PropertyExpr>().name_span.begin);
        break;
      case ExprKind::index:
        visit(*expression.as<IndexExpr>().object);
        for (const Expr* index : expression.as<IndexExpr>().indices) visit(*index);
        add(expression, expression.as<IndexExpr>().object->span.end);
        break;
      case ExprKind::call: visit_call(expression.as<CallExpr>()); break;
      case ExprKind::unary:
        visit(*expression.as<UnaryExpr>().operand);
        add(expression, expression.span.begin);
        break;
      case ExprKind::binary:
        visit(*expression.as<BinaryExpr>().left);
        visit(*expression.as<BinaryExpr>().right);
        add(expression, expression.as<BinaryExpr>().op_span.begin);
        break;
      default: break;
    }
  }

  struct Found {
    const Expr* expression;
    std::uint32_t position;
  };
  std::vector<Found> found;

 private:
  void add(const Expr& expression, std::uint32_t position) {
    found.push_back({&expression, position});
  }

  void visit_call(const CallExpr& call) {
    if (call.object != nullptr) visit(*call.object);
    for (const Expr* argument : call.arguments) visit(*argument);
    add(call, call.name_span.known() ? call.name_span.begin : call.span.begin);
  }
};

/// Places the values from the right to the left, each in the first line that has room for it.
std::string layout(std::string_view source, std::vector<Part> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.column > b.column; });
  std::vector<std::string> lines(1);
  const auto put = [](std::string& line, std::size_t column, std::string_view text) {
    if (line.size() < column + text.size()) line.resize(column + text.size(), ' ');
    line.replace(column, text.size(), text);
  };
  const auto has_room = [](const std::string& line, std::size_t column, std::size_t width) {
    for (std::size_t i = column; i < std::min(line.size(), column + width + 1); ++i) {
      if (line[i] != ' ') return false;
    }
    return true;
  };
  for (const Part& part : parts) put(lines[0], part.column, "|");
  for (const Part& part : parts) {
    std::size_t row = 1;
    while (row < lines.size() && !has_room(lines[row], part.column, part.value.size())) {
      put(lines[row], part.column, "|");
      ++row;
    }
    if (row == lines.size()) lines.emplace_back();
    put(lines[row], part.column, part.value);
  }
  std::string text(source);
  for (const std::string& line : lines) text += "\n" + line;
  return text;
}

}  // namespace

std::string describe_assertion(Evaluator& evaluator, const SourceMap& sources,
                               const Expr& condition, const Context& context) {
  const std::string source = "assert " + std::string(sources.text(condition.span));
  if (source.find('\n') != std::string::npos) return "assertion failed:\n\n" + source + "\n";
  PartFinder finder;
  finder.visit(condition);
  std::vector<Part> parts;
  for (const PartFinder::Found& found : finder.found) {
    // Parts are evaluated anew: the condition is over and only its message is left to make.
    try {
      const Value value = evaluator.evaluate(*found.expression, context);
      parts.push_back({found.position - condition.span.begin + 7,
                       base::printable(inspect(value), k_value_bytes_max)});
    } catch (const ScriptException&) {
      // A part that cannot be evaluated again (it was behind && or ||) is left out.
      continue;
    }
  }
  return "assertion failed:\n\n" + layout(source, std::move(parts)) + "\n";
}

}  // namespace weir::lang
