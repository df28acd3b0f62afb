#include "lang/interpreter.hpp"

#include "lang/internal/evaluator.hpp"
#include "lang/semantics.hpp"

namespace weir::lang {
namespace {

Context context_of(Frame& frame, const Ref<Scope>& scope) {
  return {frame.slots().data(), nullptr, &scope};
}

ScriptClosure* script_closure(const Value& value) {
  return value.kind() == Kind::closure ? dynamic_cast<ScriptClosure*>(value.object()) : nullptr;
}

/// A type that an enum declaration makes.
class EnumerationType final : public NativeObject {
 public:
  EnumerationType(std::string name, const std::vector<std::string>& constants)
      : name_(std::move(name)) {
    for (const std::string& constant : constants) {
      constants_.push_back(
          make<EnumConstantObject>(name_, constant, static_cast<std::int32_t>(constants_.size())));
    }
  }
  [[nodiscard]] std::string_view type_name() const override { return "Class"; }
  [[nodiscard]] std::string to_text() const override { return "class " + name_; }
  [[nodiscard]] std::optional<Value> property(Interpreter&, std::string_view name) override {
    return constant(name);
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter&, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "values" && arguments.size() == 0) return make_list(constants_);
    if (name != "valueOf" || arguments.size() != 1) return std::nullopt;
    std::optional<Value> found = constant(lang::to_text(arguments[0]));
    if (!found)
      throw script_error("IllegalArgumentException",
                         "no enum constant " + name_ + "." + lang::to_text(arguments[0]));
    return found;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names = {"values", "valueOf"};
    for (const Value& constant : constants_)
      names.push_back(constant.get<EnumConstantObject>().name);
    return names;
  }

 private:
  [[nodiscard]] std::optional<Value> constant(std::string_view name) const {
    for (const Value& constant : constants_) {
      if (constant.get<EnumConstantObject>().name == name) return constant;
    }
    return std::nullopt;
  }

  std::string name_;
  std::vector<Value> constants_;
};

}  // namespace

Value Frame::get(std::uint32_t slot) const {
  const Value& value = slots_.at(slot);
  if (value.kind() != Kind::hidden) return value;
  const Value* const content = static_cast<const CellObject*>(value.object())->content();
  return content == nullptr ? Value() : *content;
}

bool Frame::is_assigned(const BodyVariable& variable) const {
  const Value& value = slots_.at(variable.slot);
  if (!variable.cell) return true;
  return value.kind() == Kind::hidden &&
         static_cast<const CellObject*>(value.object())->content() != nullptr;
}

void Frame::set(std::uint32_t slot, Value value, bool cell) {
  slots_.at(slot) = cell ? Value(make<CellObject>(std::move(value))) : std::move(value);
}

Interpreter::Interpreter(Ast& ast, const SourceMap& sources, Host& host, Options options)
    : ast_(ast),
      sources_(sources),
      host_(host),
      options_(options),
      state_(std::make_unique<State>()) {}

Interpreter::~Interpreter() = default;

Value Interpreter::evaluate(const Expr& expression, Frame& frame, const Ref<Scope>& scope) {
  return Evaluator(*this).evaluate(expression, context_of(frame, scope));
}

Value Interpreter::run(const Block& body, Frame& frame, const Ref<Scope>& scope) {
  return Evaluator(*this).run(body, context_of(frame, scope));
}

Value Interpreter::run(const Stmt& statement, Frame& frame, const Ref<Scope>& scope) {
  Value result;
  Evaluator(*this).execute(statement, context_of(frame, scope), result);
  return result;
}

Ref<MapObject> Interpreter::evaluate_named(const List<NamedArgument>& named, Frame& frame,
                                           const Ref<Scope>& scope) {
  const Ref<MapObject> map = make<MapObject>();
  for (const NamedArgument& argument : named) {
    map->items.put(ast_.names.text(argument.key), evaluate(*argument.value, frame, scope));
  }
  return map;
}

Value Interpreter::call(const Value& callee, std::span<const Value> values) {
  return Evaluator(*this).call_value(callee, Arguments{values, nullptr});
}

Value Interpreter::call(const Value& callee, const Arguments& arguments) {
  return Evaluator(*this).call_value(callee, arguments);
}

Value Interpreter::call(const Value& callee, const Value& first, const Value& second) {
  const Value values[] = {first, second};
  return call(callee, std::span<const Value>(values));
}

Value Interpreter::call_function(const FunctionDecl& function, const Arguments& arguments) {
  if (arguments.named == nullptr) return Evaluator(*this).call_function(function, arguments.values);
  std::vector<Value> values = {Value(const_cast<MapObject*>(arguments.named))};
  values.insert(values.end(), arguments.values.begin(), arguments.values.end());
  return Evaluator(*this).call_function(function, values);
}

Value Interpreter::call_method(const Value& object, std::string_view name,
                               const Arguments& arguments) {
  return Evaluator(*this).call_method(object, name, arguments);
}

Value Interpreter::enumeration(const EnumDecl& declaration) {
  Value& type = state_->enumerations[&declaration];
  if (type.is_null()) {
    std::vector<std::string> constants;
    for (const FieldDecl& value : declaration.values)
      constants.emplace_back(ast_.names.text(value.name));
    type = make<EnumerationType>(std::string(ast_.names.text(declaration.name)), constants);
  }
  return type;
}

Span Interpreter::call_site() const {
  return state_->call_site;
}

std::optional<Interpreter::Labelled> Interpreter::branch(const Value& closure, const Value& item) {
  ScriptClosure* const script = script_closure(closure);
  if (script == nullptr)
    throw script_error("IllegalArgumentException", "branch needs a closure with labels");
  return Evaluator(*this).branch(*script, item);
}

std::vector<Interpreter::Labelled> Interpreter::multi_map(const Value& closure, const Value& item) {
  ScriptClosure* const script = script_closure(closure);
  if (script == nullptr)
    throw script_error("IllegalArgumentException", "multiMap needs a closure with labels");
  return Evaluator(*this).multi_map(*script, item);
}

std::vector<std::string_view> Interpreter::labels(const Value& closure) const {
  std::vector<std::string_view> labels;
  const ClosureExpr* const code = closure_code(closure);
  if (code == nullptr) return labels;
  for (const Stmt* statement : code->body->statements) {
    for (const Stmt* next = statement; next->kind == StmtKind::labelled;
         next = next->as<LabelledStmt>().statement) {
      labels.push_back(ast_.names.text(next->as<LabelledStmt>().label));
    }
  }
  return labels;
}

std::string Interpreter::explain(const ScriptException& exception, Colour colour) const {
  Diagnostic diagnostic;
  diagnostic.code = Code{900};
  diagnostic.span = exception.span();
  diagnostic.message = exception.message();
  // Its message is the path alone, as Java has it.
  if (exception.class_name() == "NoSuchFileException")
    diagnostic.message.insert(0, "no such file or directory: ");
  for (const Span call : exception.trace()) {
    if (call != exception.span()) diagnostic.note("called from " + sources_.place(call));
  }
  return render(diagnostic, sources_, colour);
}

const ClosureExpr* closure_code(const Value& closure) {
  const ScriptClosure* const script = script_closure(closure);
  return script == nullptr ? nullptr : &script->code();
}

int closure_arity(const Value& closure) {
  const ClosureObject* const object = closure.as<ClosureObject>();
  return object == nullptr ? -1 : object->arity();
}

}  // namespace weir::lang
