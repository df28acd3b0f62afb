#pragma once

#include "lang/internal/rings.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::lang {

class Shared;

/// What lives of the objects by which values of one interpreter can reach themselves. A closure
/// that is stored in a variable or container that it uses (a recursive closure, a map of functions
/// that call each other) keeps that, and so itself: references are counted, and these circles are
/// cut when the interpreter ends.
class Sharing {
 public:
  Sharing() = default;
  ~Sharing();
  Sharing(const Sharing&) = delete;
  Sharing& operator=(const Sharing&) = delete;

 private:
  friend class Shared;
  Shared* first_ = nullptr;
};

/// A member of that list: a variable in a cell, or a closure.
class Shared {
 public:
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

 protected:
  Shared() = default;
  virtual ~Shared() { leave(); }
  void join(Sharing& among) noexcept {
    among_ = &among;
    next_ = std::exchange(among.first_, this);
    if (next_ != nullptr) next_->previous_ = this;
  }
  /// Null when it is in no list.
  [[nodiscard]] Sharing* among() const { return among_; }

 private:
  friend class Sharing;
  /// Moves what it holds to `contents`, which is destroyed when no list is walked any more.
  virtual void surrender(std::vector<Value>& contents) = 0;
  void leave() noexcept {
    if (among_ == nullptr) return;
    (previous_ != nullptr ? previous_->next_ : among_->first_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    among_ = nullptr;
    previous_ = nullptr;
  }

  Sharing* among_ = nullptr;
  Shared* previous_ = nullptr;
  Shared* next_ = nullptr;
};

inline Sharing::~Sharing() {
  std::vector<Value> contents;
  while (first_ != nullptr) {
    first_->surrender(contents);
    first_->leave();
  }
}

/// A variable that closures share, in a frame slot or a capture.
class CellObject final : public NonValueObject, public Shared {
 public:
  explicit CellObject(Value content) : value_(std::move(content)), assigned_(true) {}
  CellObject(Sharing& among, Value content) : CellObject(std::move(content)) { join(among); }
  /// Of a variable that has no value yet.
  explicit CellObject(Sharing& among) { join(among); }

  /// nullptr before the first assignment.
  [[nodiscard]] const Value* content() const { return assigned_ ? &value_ : nullptr; }
  void put(Value value) {
    value_ = std::move(value);
    assigned_ = true;
  }

 private:
  void surrender(std::vector<Value>& contents) override { contents.push_back(std::move(value_)); }

  Value value_;
  bool assigned_ = false;
};

/// A closure of a script: its code and what it captured when it was made.
class ScriptClosure final : public ClosureObject, public Shared {
 public:
  /// `among` may be null: the closure of an interpreter that has ended.
  ScriptClosure(Sharing* among, const ClosureExpr& code, std::vector<Value> captures,
                Ref<Scope> scope)
      : code_(code), captures_(std::move(captures)), scope_(std::move(scope)) {
    if (among != nullptr) join(*among);
  }
  [[nodiscard]] int arity() const override { return static_cast<int>(code_.parameters.size()); }
  Value invoke(Interpreter& interpreter, std::span<const Value> values) override;
  [[nodiscard]] Ref<ClosureObject> with_scope(const Ref<Scope>& scope) override {
    return make<ScriptClosure>(among(), code_, captures_, scope);
  }
  [[nodiscard]] const ClosureExpr& code() const { return code_; }
  [[nodiscard]] std::vector<Value>& captures() { return captures_; }
  [[nodiscard]] const Ref<Scope>& scope() const { return scope_; }

 private:
  void surrender(std::vector<Value>& contents) override {
    for (Value& captured : captures_) contents.push_back(std::move(captured));
    contents.emplace_back(scope_);
    scope_ = {};
  }

  const ClosureExpr& code_;
  std::vector<Value> captures_;
  Ref<Scope> scope_;
};

/// Slots for frames of calls, handed out and returned like a stack, in blocks that never move.
class SlotStack {
 public:
  /// `count` null values until `release(count)`; the last taken are released first.
  Value* take(std::uint32_t count);
  void release(Value* slots, std::uint32_t count) noexcept;

 private:
  static constexpr std::uint32_t k_block_slots = 4'096;
  struct Block {
    std::unique_ptr<Value[]> slots;
    std::uint32_t size = 0;
    std::uint32_t used = 0;
  };
  std::vector<Block> blocks_;
  std::size_t current_ = 0;
};

/// What the expressions of one body see.
struct Context {
  Value* slots = nullptr;     ///< of the frame
  Value* captures = nullptr;  ///< of the running closure
  const Ref<Scope>* scope = nullptr;
};

/// How a statement ended.
enum class Completion : std::uint8_t { normal, returned };

/// Tells natives and host functions where what is evaluated stands, for as long as it takes.
class CallSite {
 public:
  CallSite(Span& current, Span span) : current_(current), before_(current) { current = span; }
  ~CallSite() { current_ = before_; }
  CallSite(const CallSite&) = delete;
  CallSite& operator=(const CallSite&) = delete;

 private:
  Span& current_;
  Span before_;
};

struct Interpreter::State {
  Sharing sharing;
  Rings rings;
  SlotStack slots;
  std::vector<Value> constants;      ///< by site: converted literals
  std::vector<MethodSite> methods;   ///< by site: the method found there last
  Span call_site;                    ///< of the innermost call in progress
  std::uint32_t depth = 0;           ///< calls in progress
  std::uint32_t steps = 0;           ///< calls since the last check for cancellation
  const char* stack_base = nullptr;  ///< of the outermost evaluation; bounds the C++ stack
  std::unordered_map<const EnumDecl*, Value> enumerations;
};

/// Walks over trees. Made where it is needed: it is two references.
class Evaluator {
 public:
  explicit Evaluator(Interpreter& interpreter)
      : interpreter_(interpreter), state_(*interpreter.state_) {}

  Value evaluate(const Expr& expression, const Context& context);
  Completion execute(const Stmt& statement, const Context& context, Value& result);
  /// The value of the body's `return` or last statement.
  Value run(const Block& body, const Context& context);
  Completion execute_block(const Block& body, const Context& context, Value& result);
  Completion execute_statements(List<Stmt*> statements, const Context& context, Value& result);

  Value call_script_closure(ScriptClosure& closure, std::span<const Value> values);
  Value call_function(const FunctionDecl& function, std::span<const Value> values);
  Value call_value(const Value& callee, const Arguments& arguments);
  Value call_method(const Value& object, std::string_view name, const Arguments& arguments,
                    std::uint32_t site = 0);
  /// A global function of the library or the host.
  Value call_builtin(std::string_view name, const Arguments& arguments);

  std::optional<Interpreter::Labelled> branch(ScriptClosure& closure, const Value& item);
  std::vector<Interpreter::Labelled> multi_map(ScriptClosure& closure, const Value& item);

  std::string_view text(Name name) const { return interpreter_.ast_.names.text(name); }
  Rings& rings() { return state_.rings; }

 private:
  Value dispatch(const Expr& expression, const Context& context);
  Value constant(const Expr& expression);
  Value interpolate(const Interpolated& expression, const Context& context);
  CellObject& cell_in(Value& slot);
  /// What the cell in `slot` holds; throws ScriptException (MissingPropertyException) where nothing
  /// was assigned to it.
  [[nodiscard]] const Value& content_of(const Value& slot, Name name) const;
  Value read(const Binding& binding, Name name, const Context& context);
  void assign(const Binding& binding, Name name, const Context& context, Value value);
  void declare(const DeclaredVariable& variable, const Context& context, Value value);
  /// What `*.` goes over, and methods of lists do that are called on what is none: the elements of
  /// a set, the names of a path.
  [[nodiscard]] static std::vector<Value> parts_of(const Value& object);
  Value read_property(const PropertyExpr& expression, const Context& context);
  void note_undefined_param(const Expr& expression, const Value& object, std::string_view name);
  Value read_index(const IndexExpr& expression, const Context& context);
  Value unary(const UnaryExpr& expression, const Context& context);
  Value binary(const BinaryExpr& expression, const Context& context);
  Value pipe(const BinaryExpr& expression, const Context& context);
  Value make_closure(const ClosureExpr& expression, const Context& context);
  Value make_map(const MapExpr& expression, const Context& context);
  Value construct(const ConstructExpr& expression, const Context& context);
  Value type_value(const Binding& binding, std::string_view name);

  Value call(const CallExpr& expression, const Context& context);
  Value call_on(const CallExpr& expression, const Value& object, const Context& context);
  static Name plugin_function(const Binding& binding, Name name);
  Value task_output(const CallExpr& expression, const Context& context);
  Value call_named(const CallExpr& expression, const Context& context, const Arguments& arguments);
  void assign_declared(const CallExpr& expression, const Value& value, const Context& context);
  std::vector<Value> evaluate_all(List<Expr*> expressions, const Context& context);
  Ref<MapObject> evaluate_named(List<NamedArgument> named, const Context& context);

  void bind(List<Parameter> parameters, bool implicit_it, std::span<const Value> values,
            const Context& context);

  Completion try_catch(const TryStmt& statement, const Context& context, Value& result);
  Completion if_else(const IfStmt& statement, const Context& context, Value& result);
  void assert_true(const AssertStmt& statement, const Context& context);
  Value declare_all(const DeclareStmt& statement, const Context& context);
  Value assign_one(const AssignStmt& statement, const Context& context);
  Value assign_many(const AssignManyStmt& statement, const Context& context);
  void destructure(const Value& value, std::size_t count, std::vector<Value>& parts);

  /// Handles one part; true when no further part is wanted.
  using LabelledPart =
      std::function<bool(const LabelledStmt& label, List<Stmt*> rest, const Context& context)>;
  void run_labelled(ScriptClosure& closure, const Value& item, const LabelledPart& part);

  Interpreter& interpreter_;
  Interpreter::State& state_;
};

/// Runs the `assert`'s message: the source with the value of each part below it, as upstream
/// prints.
[[nodiscard]] std::string describe_assertion(Evaluator& evaluator, const SourceMap& sources,
                                             const Expr& condition, const Context& context);

}  // namespace weir::lang
