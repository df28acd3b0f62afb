#include "lang/ast.hpp"
#include "lang/vocabulary.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::lang {
namespace {

constexpr std::array<std::string_view, 25> k_binary = {"**",  "*",   "/",  "%",   "+",  "-",   "<<",
                                                       ">>",  ">>>", "<",  "<=",  ">",  ">=",  "in",
                                                       "!in", "==",  "!=", "<=>", "=~", "==~", "&",
                                                       "^",   "|",   "&&", "||"};

constexpr std::array<std::string_view, 14> k_assign = {
    "=", "+=", "-=", "*=", "/=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "?="};

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\'' || c == '\\')
      (out += '\\') += c;
    else
      out += c;
  }
  return out + "'";
}

std::string_view text_of(Access access) {
  return access == Access::plain ? "." : access == Access::safe ? "?." : "*.";
}

/// Variables are followed by where they live once names are resolved: x@2 slot 2, x@2c a cell
/// there, x^1 and x^1c captures.
std::string text_of(const Binding& binding) {
  switch (binding.kind) {
    case BindingKind::local: return fmt::format("@{}", binding.slot);
    case BindingKind::local_cell: return fmt::format("@{}c", binding.slot);
    case BindingKind::captured: return fmt::format("^{}", binding.slot);
    case BindingKind::captured_cell: return fmt::format("^{}c", binding.slot);
    case BindingKind::implicit: return "!";
    case BindingKind::channel_operator: return "!op";
    case BindingKind::process: return "!process";
    case BindingKind::workflow: return "!workflow";
    case BindingKind::function: return "!function";
    case BindingKind::plugin: return "!plugin";
    case BindingKind::builtin: return "!builtin";
    case BindingKind::type: return "!type";
    case BindingKind::dynamic: return "!dynamic";
    case BindingKind::task_output: return "!output";
    case BindingKind::unresolved: return "";
  }
  return "";
}

class Printer {
 public:
  explicit Printer(const Names& names) : names_(names) {}

  std::string take() { return std::move(out_); }

  void line(std::string_view text) {
    out_ += std::string(2 * depth_, ' ') + std::string(text) + "\n";
  }

  std::string expr(const Expr* node);
  void block(const Block* node);
  void stmt(const Stmt& node);
  void declaration(const Declaration& node);
  void config(List<ConfigStmt*> list);

 private:
  std::string name(Name name) const { return std::string(names_.text(name)); }
  std::string type(const TypeRef* node) const;
  std::string arguments(List<Expr*> positional, List<NamedArgument> named);
  std::string closure(const ClosureExpr& node);
  std::string call(const CallExpr& node);
  std::string inline_statement(const Stmt& node);
  std::string parameters(List<Parameter> list);
  void directive(const Directive& node);
  std::string input(const ProcessInput& node);
  std::string output(const ProcessOutput& node);
  void process(const ProcessDecl& node);
  void workflow(const WorkflowDecl& node);
  void section(std::string_view label, const Block* node);

  const Names& names_;
  std::string out_;
  std::size_t depth_ = 0;
};

std::string Printer::type(const TypeRef* node) const {
  if (node == nullptr) return "";
  std::string text = name(node->name);
  for (std::size_t i = 0; i < node->arguments.size(); ++i) {
    text += (i == 0 ? "<" : ",") + type(node->arguments[i]);
  }
  if (!node->arguments.empty()) text += ">";
  if (node->nullable) text += "?";
  for (int i = 0; i < node->dimensions; ++i) text += "[]";
  return text;
}

std::string Printer::arguments(List<Expr*> positional, List<NamedArgument> named) {
  std::string text;
  for (const Expr* argument : positional) text += " " + expr(argument);
  for (const NamedArgument& argument : named)
    text += fmt::format(" {}: {}", name(argument.key), expr(argument.value));
  return text;
}

std::string Printer::parameters(List<Parameter> list) {
  std::string text;
  for (const Parameter& parameter : list) {
    text += text.empty() ? "" : ", ";
    text += name(parameter.name) + (parameter.cell ? "@cell" : "");
    if (parameter.type != nullptr) text += ": " + type(parameter.type);
    if (parameter.default_value != nullptr) text += " = " + expr(parameter.default_value);
  }
  return text;
}

std::string Printer::inline_statement(const Stmt& node) {
  Printer inner(names_);
  inner.stmt(node);
  std::string text = inner.take();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string Printer::closure(const ClosureExpr& node) {
  std::string text =
      "{" + (node.implicit_it ? std::string("it?") : parameters(node.parameters)) + " ->";
  for (const Capture& capture : node.captures) {
    text += fmt::format(" [{}{}]", name(capture.name),
                        text_of(Binding{capture.from, capture.slot, nullptr}));
  }
  for (const Stmt* item : node.body->statements) text += " " + inline_statement(*item) + ";";
  return text + "}";
}

std::string Printer::call(const CallExpr& node) {
  const std::string rest = arguments(node.arguments, node.named);
  if (node.callee != nullptr) return fmt::format("(call {}{})", expr(node.callee), rest);
  if (node.object == nullptr)
    return fmt::format("({}{}{})", name(node.name), text_of(node.target), rest);
  std::string declared;
  for (const VariableExpr* variable : node.declares) declared += " => " + expr(variable);
  if (!declared.empty())
    return fmt::format("({}{}{}{})", expr(node.object), text_of(node.access), name(node.name),
                       declared);
  return fmt::format("({}{}{}{})", expr(node.object), text_of(node.access), name(node.name), rest);
}

std::string Printer::expr(const Expr* node) {
  if (node == nullptr) return "-";
  switch (node->kind) {
    case ExprKind::error: return "<error>";
    case ExprKind::null_literal: return "null";
    case ExprKind::bool_literal: return node->as<BoolLiteral>().value ? "true" : "false";
    case ExprKind::integer_literal:
      return fmt::format("{}{}", node->as<IntegerLiteral>().value,
                         node->as<IntegerLiteral>().wide ? "L" : "");
    case ExprKind::number_literal: {
      constexpr std::array<std::string_view, 4> suffix = {"g", "", "f", "d"};
      const auto& number = node->as<NumberLiteral>();
      return std::string(number.text) +
             std::string(suffix[static_cast<std::size_t>(number.number)]);
    }
    case ExprKind::string_literal: {
      const auto& string = node->as<StringLiteral>();
      return string.slashy ? "/" + std::string(string.value) + "/" : quoted(string.value);
    }
    case ExprKind::interpolated: {
      std::string text = "\"";
      for (const Segment& segment : node->as<Interpolated>().segments) {
        text += segment.value != nullptr ? "${" + expr(segment.value) + "}" : quoted(segment.text);
      }
      return text + "\"";
    }
    case ExprKind::variable:
      return name(node->as<VariableExpr>().name) + text_of(node->as<VariableExpr>().binding);
    case ExprKind::property: {
      const auto& property = node->as<PropertyExpr>();
      if (property.class_name != Name::none) return name(property.class_name) + "!type";
      return expr(property.object) + std::string(text_of(property.access)) + name(property.name);
    }
    case ExprKind::index:
      return fmt::format("(index {}{})", expr(node->as<IndexExpr>().object),
                         arguments(node->as<IndexExpr>().indices, {}));
    case ExprKind::call: return call(node->as<CallExpr>());
    case ExprKind::construct: {
      const auto& construct = node->as<ConstructExpr>();
      return fmt::format("(new {}{})", type(construct.type),
                         arguments(construct.arguments, construct.named));
    }
    case ExprKind::unary: {
      constexpr std::array<char, 4> sign = {'+', '-', '!', '~'};
      return fmt::format("({} {})", sign[static_cast<std::size_t>(node->as<UnaryExpr>().op)],
                         expr(node->as<UnaryExpr>().operand));
    }
    case ExprKind::binary: {
      const auto& binary = node->as<BinaryExpr>();
      return fmt::format("({} {} {})", text_of(binary.op), expr(binary.left), expr(binary.right));
    }
    case ExprKind::ternary: {
      const auto& ternary = node->as<TernaryExpr>();
      return fmt::format("(? {} {} {})", expr(ternary.condition), expr(ternary.then),
                         expr(ternary.otherwise));
    }
    case ExprKind::elvis:
      return fmt::format("(?: {} {})", expr(node->as<ElvisExpr>().value),
                         expr(node->as<ElvisExpr>().otherwise));
    case ExprKind::cast:
      return fmt::format("(as {} {})", expr(node->as<CastExpr>().value),
                         type(node->as<CastExpr>().type));
    case ExprKind::instance_of: {
      const auto& test = node->as<InstanceOfExpr>();
      return fmt::format("({}instanceof {} {})", test.negated ? "!" : "", expr(test.value),
                         type(test.type));
    }
    case ExprKind::range: {
      const auto& range = node->as<RangeExpr>();
      return fmt::format("({} {} {})", range.exclusive ? "..<" : "..", expr(range.from),
                         expr(range.to));
    }
    case ExprKind::list: return fmt::format("[list{}]", arguments(node->as<ListExpr>().items, {}));
    case ExprKind::map: {
      std::string text = "[map";
      for (const MapEntry& entry : node->as<MapExpr>().entries)
        text += fmt::format(" {}: {}", expr(entry.key), expr(entry.value));
      return text + "]";
    }
    case ExprKind::closure: return closure(node->as<ClosureExpr>());
  }
  return "";
}

void Printer::block(const Block* node) {
  ++depth_;
  if (node != nullptr) {
    for (const Stmt* item : node->statements) stmt(*item);
  }
  --depth_;
}

void Printer::stmt(const Stmt& node) {
  switch (node.kind) {
    case StmtKind::expression: return line(expr(node.as<ExpressionStmt>().value));
    case StmtKind::declare: {
      const auto& declare = node.as<DeclareStmt>();
      std::string text = "def";
      for (const DeclaredVariable& variable : declare.variables) {
        text += " " + name(variable.name) + text_of(variable.target);
        if (variable.type != nullptr) text += ": " + type(variable.type);
      }
      return line(declare.value == nullptr ? text : text + " = " + expr(declare.value));
    }
    case StmtKind::assign: {
      const auto& assign = node.as<AssignStmt>();
      return line(fmt::format("{} {} {}", expr(assign.target),
                              k_assign[static_cast<std::size_t>(assign.op)], expr(assign.value)));
    }
    case StmtKind::assign_many: {
      std::string text;
      for (const VariableExpr* target : node.as<AssignManyStmt>().targets)
        text += expr(target) + " ";
      return line(fmt::format("({}) = {}", text, expr(node.as<AssignManyStmt>().value)));
    }
    case StmtKind::if_else:
      line("if " + expr(node.as<IfStmt>().condition));
      block(node.as<IfStmt>().then);
      if (node.as<IfStmt>().otherwise != nullptr) {
        line("else");
        block(node.as<IfStmt>().otherwise);
      }
      return;
    case StmtKind::return_value: return line("return " + expr(node.as<ReturnStmt>().value));
    case StmtKind::throw_error: return line("throw " + expr(node.as<ThrowStmt>().value));
    case StmtKind::assertion:
      return line(fmt::format("assert {} : {}", expr(node.as<AssertStmt>().condition),
                              expr(node.as<AssertStmt>().message)));
    case StmtKind::try_catch:
      line("try");
      block(node.as<TryStmt>().body);
      for (const CatchClause& clause : node.as<TryStmt>().catches) {
        std::string text = "catch " + name(clause.variable.name) + text_of(clause.variable.target);
        for (const TypeRef* caught : clause.types) text += " " + type(caught);
        line(text);
        block(clause.body);
      }
      return;
    case StmtKind::labelled:
      return line(name(node.as<LabelledStmt>().label) + ": " +
                  inline_statement(*node.as<LabelledStmt>().statement));
    case StmtKind::block: return block(&node.as<Block>());
  }
}

void Printer::directive(const Directive& node) {
  line("." + name(node.name) + arguments(node.arguments, node.named));
  ++depth_;
  for (const Directive& nested : node.nested) directive(nested);
  --depth_;
}

std::string Printer::input(const ProcessInput& node) {
  constexpr std::array<std::string_view, 8> kinds = {"val",   "path",  "file", "env",
                                                     "stdin", "tuple", "each", "typed"};
  std::string text = "(" + std::string(kinds[static_cast<std::size_t>(node.kind)]);
  if (node.record) text += " record";
  if (node.name != Name::none)
    text += fmt::format(" {}@{}{}", name(node.name), node.slot, node.cell ? "c" : "");
  if (node.type != nullptr) text += ": " + type(node.type);
  if (node.argument != nullptr) text += " " + expr(node.argument);
  text += arguments({}, node.options);
  for (const ProcessInput& element : node.elements) text += " " + input(element);
  return text + ")";
}

std::string Printer::output(const ProcessOutput& node) {
  constexpr std::array<std::string_view, 8> kinds = {"val",  "path",   "file",  "env",
                                                     "eval", "stdout", "tuple", "typed"};
  std::string text = "(" + std::string(kinds[static_cast<std::size_t>(node.kind)]);
  if (node.argument != nullptr) text += " " + expr(node.argument);
  if (node.type != nullptr) text += ": " + type(node.type);
  if (node.emit != Name::none) text += " emit=" + name(node.emit);
  text += arguments({}, node.options);
  for (const ProcessOutput& element : node.elements) text += " " + output(element);
  return text + ")";
}

void Printer::section(std::string_view label, const Block* node) {
  if (node == nullptr) return;
  line(fmt::format("{}:", label));
  block(node);
}

void Printer::process(const ProcessDecl& node) {
  line("process " + name(node.name) + (node.typed ? " typed" : ""));
  ++depth_;
  for (const Directive& item : node.directives) directive(item);
  for (const ProcessInput& item : node.inputs) line("in " + input(item));
  for (const Stmt* item : node.stages) line("stage " + inline_statement(*item));
  for (const ProcessOutput& item : node.outputs) line("out " + output(item));
  for (const Stmt* item : node.topics) line("topic " + inline_statement(*item));
  if (node.when != nullptr) line("when " + expr(node.when));
  constexpr std::array<std::string_view, 3> kinds = {"script", "shell", "exec"};
  section(kinds[static_cast<std::size_t>(node.script_kind)], node.script);
  section("stub", node.stub);
  for (const VariableRead& read : node.script_reads) {
    std::string text = "reads " + name(read.name) + text_of(read.binding);
    for (const Name part : read.path) text += "." + name(part);
    line(text);
  }
  --depth_;
}

void Printer::workflow(const WorkflowDecl& node) {
  line(node.name == Name::none
           ? std::string(node.implicit ? "workflow (implicit)" : "workflow (entry)")
           : "workflow " + name(node.name));
  ++depth_;
  for (const WorkflowTake& item : node.takes) {
    line(fmt::format("take {}@{}{}", name(item.name), item.slot,
                     item.type == nullptr ? "" : ": " + type(item.type)));
  }
  section("main", node.main);
  for (const WorkflowEmit& item : node.emits)
    line(fmt::format("emit {} = {}", name(item.name), expr(item.value)));
  for (const WorkflowEmit& item : node.publishers)
    line(fmt::format("publish {} = {}", name(item.name), expr(item.value)));
  section("onComplete", node.on_complete);
  section("onError", node.on_error);
  --depth_;
}

void Printer::declaration(const Declaration& node) {
  switch (node.kind) {
    case DeclKind::feature_flag:
      return line(
          fmt::format("flag {} = {}", name(node.name), expr(node.as<FeatureFlagDecl>().value)));
    case DeclKind::include: {
      std::string text = "include";
      for (const IncludeEntry& entry : node.as<IncludeDecl>().entries) {
        text += " " + name(entry.name);
        if (entry.alias != entry.name) text += " as " + name(entry.alias);
        text += text_of(entry.target);
      }
      return line(fmt::format("{} from '{}'", text, node.as<IncludeDecl>().source));
    }
    case DeclKind::params_block:
    case DeclKind::record:
    case DeclKind::enumeration: {
      const bool is_params = node.kind == DeclKind::params_block;
      const List<FieldDecl> fields = is_params                       ? node.as<ParamsDecl>().fields
                                     : node.kind == DeclKind::record ? node.as<RecordDecl>().fields
                                                                     : node.as<EnumDecl>().values;
      line((is_params                       ? "params"
            : node.kind == DeclKind::record ? "record "
                                            : "enum ") +
           name(node.name));
      ++depth_;
      for (const FieldDecl& field : fields) {
        std::string text = name(field.name);
        if (field.type != nullptr) text += ": " + type(field.type);
        if (field.default_value != nullptr) text += " = " + expr(field.default_value);
        line(text);
      }
      --depth_;
      return;
    }
    case DeclKind::legacy_param: {
      std::string text = "params";
      for (const Name part : node.as<LegacyParamDecl>().path) text += "." + name(part);
      return line(text + " = " + expr(node.as<LegacyParamDecl>().value));
    }
    case DeclKind::process: return process(node.as<ProcessDecl>());
    case DeclKind::workflow: return workflow(node.as<WorkflowDecl>());
    case DeclKind::output_block:
      line("output");
      ++depth_;
      for (const OutputTarget& target : node.as<OutputDecl>().targets) {
        line(name(target.name) + (target.type == nullptr ? "" : ": " + type(target.type)));
        ++depth_;
        for (const Directive& item : target.directives) directive(item);
        --depth_;
      }
      --depth_;
      return;
    case DeclKind::function: {
      const auto& function = node.as<FunctionDecl>();
      line(fmt::format("function {}({}){}", name(node.name), parameters(function.parameters),
                       function.returns == nullptr ? "" : " -> " + type(function.returns)));
      return block(function.body);
    }
  }
}

void Printer::config(List<ConfigStmt*> list) {
  for (const ConfigStmt* item : list) {
    switch (item->kind) {
      case ConfigKind::assign: {
        std::string text;
        for (const Name part : item->as<ConfigAssign>().path)
          text += (text.empty() ? "" : ".") + name(part);
        line(text + " = " + expr(item->as<ConfigAssign>().value));
        break;
      }
      case ConfigKind::include: line("include " + expr(item->as<ConfigInclude>().source)); break;
      case ConfigKind::block:
        line("block " + name(item->as<ConfigBlock>().name));
        ++depth_;
        config(item->as<ConfigBlock>().body);
        --depth_;
        break;
      case ConfigKind::selector:
        line(fmt::format("{} '{}'",
                         item->as<ConfigSelector>().selector == SelectorKind::with_name
                             ? "withName"
                             : "withLabel",
                         item->as<ConfigSelector>().pattern));
        ++depth_;
        config(item->as<ConfigSelector>().body);
        --depth_;
        break;
      case ConfigKind::apply:
        line("apply " + name(item->as<ConfigApply>().name));
        ++depth_;
        for (const CallExpr* call : item->as<ConfigApply>().calls) line(expr(call));
        --depth_;
        break;
    }
  }
}

}  // namespace

std::string_view text_of(BinaryOp op) {
  return k_binary[static_cast<std::size_t>(op)];
}

std::string print_tree(const Module& module, const Names& names) {
  Printer printer(names);
  for (const Declaration* declaration : module.declarations) printer.declaration(*declaration);
  return printer.take();
}

std::string print_tree(const ConfigFile& config, const Names& names) {
  Printer printer(names);
  printer.config(config.statements);
  return printer.take();
}

std::string print_tree(const Expr& expression, const Names& names) {
  return Printer(names).expr(&expression);
}

}  // namespace weir::lang
