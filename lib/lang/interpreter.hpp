#pragma once

#include "lang/ast.hpp"
#include "lang/callable.hpp"
#include "lang/diagnostics.hpp"
#include "lang/exceptions.hpp"
#include "lang/host.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::lang {

struct Method;

/// The variables of one body that is being evaluated: of a task, a workflow, a configuration file.
/// Calls of functions and closures keep theirs on the interpreter's own stack.
class Frame {
 public:
  explicit Frame(std::uint32_t size) : slots_(size) {}
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(slots_.size()); }
  /// The value of a variable, whether it lives in the slot or in a cell there; null before it has
  /// one.
  [[nodiscard]] Value get(std::uint32_t slot) const;
  /// Whether a variable that its body never declares was assigned already; others always are.
  [[nodiscard]] bool is_assigned(const BodyVariable& variable) const;
  /// Sets a variable; with `cell`, into a fresh cell.
  void set(std::uint32_t slot, Value value, bool cell);
  [[nodiscard]] std::span<Value> slots() { return slots_; }

 private:
  std::vector<Value> slots_;
};

/// Evaluates resolved trees. One object serves one thread; trees, sources and host must outlive it,
/// and closures must not be called after its end.
///
/// Every failure that a script may catch is a ScriptException with the span of the innermost
/// expression.
class Interpreter {
 public:
  struct State;
  struct Options {
    std::uint32_t depth_max = 4'000;          ///< nested calls; beyond: StackOverflowError
    std::size_t stack_bytes_max = 5'000'000;  ///< of the C++ stack that nested calls may use
    std::uint32_t steps_per_check = 16'384;   ///< calls between two Host::check_cancelled
  };

  Interpreter(Ast& ast, const SourceMap& sources, Host& host)
      : Interpreter(ast, sources, host, Options()) {}
  Interpreter(Ast& ast, const SourceMap& sources, Host& host, Options options);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // ---- trees

  /// The value of an expression of a body whose variables are in `frame`. Names with
  /// BindingKind::dynamic are looked up in `scope`; closures made meanwhile keep it.
  [[nodiscard]] Value evaluate(const Expr& expression, Frame& frame, const Ref<Scope>& scope = {});
  /// Runs a body; the value of its `return` or of its last statement.
  Value run(const Block& body, Frame& frame, const Ref<Scope>& scope = {});
  /// Runs one statement of a body, as `run` does.
  Value run(const Stmt& statement, Frame& frame, const Ref<Scope>& scope = {});
  /// The named arguments of a directive or option list as a map, in order of writing.
  [[nodiscard]] Ref<MapObject> evaluate_named(const List<NamedArgument>& named, Frame& frame,
                                              const Ref<Scope>& scope = {});

  // ---- calls

  /// Calls a closure (or native that can be called) by the language's rules: one list given to a
  /// closure of several parameters is spread; missing parameters take their defaults, a missing
  /// `it` is null.
  Value call(const Value& callee, std::span<const Value> values);
  Value call(const Value& callee, const Arguments& arguments);
  Value call(const Value& callee) { return call(callee, std::span<const Value>()); }
  Value call(const Value& callee, const Value& value) { return call(callee, std::span(&value, 1)); }
  Value call(const Value& callee, const Value& first, const Value& second);
  Value call_function(const FunctionDecl& function, const Arguments& arguments);
  /// A method of any value, as `object.name(arguments)` does.
  Value call_method(const Value& object, std::string_view name, const Arguments& arguments = {});
  /// `object.name`.
  [[nodiscard]] Value property(const Value& object, std::string_view name);
  void set_property(const Value& object, std::string_view name, const Value& value);
  /// `object[index]`.
  [[nodiscard]] Value index(const Value& object, const Value& index);
  void set_index(const Value& object, const Value& index, const Value& value);

  /// The type that stands for an enum of the script: its constants are properties, `values()` lists
  /// them.
  [[nodiscard]] Value enumeration(const EnumDecl& declaration);

  /// What a branch closure decided for `item`: the label, and the value to emit. Nothing when no
  /// condition was true.
  struct Labelled {
    std::string_view label;
    Value value;
  };
  [[nodiscard]] std::optional<Labelled> branch(const Value& closure, const Value& item);
  /// Every label of a multiMap closure with its value, in order of writing.
  [[nodiscard]] std::vector<Labelled> multi_map(const Value& closure, const Value& item);
  /// The labels of a labelled closure, in order; empty for any other value.
  [[nodiscard]] std::vector<std::string_view> labels(const Value& closure) const;

  // ---- surroundings

  /// The innermost call of a native object or host function, or implicit name, that is being
  /// evaluated: where a channel operator or a process call stands. Unknown outside of evaluation.
  [[nodiscard]] Span call_site() const;
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] Ast& ast() { return ast_; }
  [[nodiscard]] const SourceMap& sources() const { return sources_; }

  /// A ScriptException as people read it: place, excerpt with caret, message, calls that led there.
  [[nodiscard]] std::string explain(const ScriptException& exception, Colour colour) const;

 private:
  friend class Evaluator;  ///< the walker over trees (evaluator.hpp), which is all of the private
                           ///< part

  Ast& ast_;
  const SourceMap& sources_;
  Host& host_;
  Options options_;
  std::unique_ptr<State> state_;
};

/// The tree of a closure that a script wrote, or nullptr for one written in C++.
[[nodiscard]] const ClosureExpr* closure_code(const Value& closure);
/// Number of parameters of a closure; -1 when the value is no closure.
[[nodiscard]] int closure_arity(const Value& closure);

}  // namespace weir::lang
