#pragma once

#include "lang/objects.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

class Interpreter;

/// What a call was given. A trailing closure is the last positional value. Borrowed for the time of
/// the call.
struct Arguments {
  std::span<const Value> values;
  /// The named arguments, or nullptr when there are none.
  const MapObject* named = nullptr;

  [[nodiscard]] std::size_t size() const { return values.size(); }
  [[nodiscard]] const Value& operator[](std::size_t index) const { return values[index]; }
  /// The named argument `name`, else nullptr.
  [[nodiscard]] const Value* option(std::string_view name) const {
    return named == nullptr ? nullptr : named->items.find(name);
  }
};

/// `arguments` with a map in front of the `values_min` (or more) values as the named ones, which is
/// what Groovy's methods get for `f(name: value)`, too. Points into `arguments`.
[[nodiscard]] Arguments with_options_in_front(const Arguments& arguments, std::size_t values_min);

/// Names that are looked up while running: a task's inputs and `task`, a config file's scopes, a
/// delegate.
class Scope : public NonValueObject {
 public:
  /// The value of `name`, or nothing when this scope does not know it (the next outer one is
  /// asked).
  [[nodiscard]] virtual std::optional<Value> get(Interpreter& interpreter,
                                                 std::string_view name) = 0;
  /// Assigns; false when the scope does not take the name.
  virtual bool set(std::string_view name, const Value& value) {
    static_cast<void>(name), static_cast<void>(value);
    return false;
  }
  /// Serves `name(arguments)` when this scope defines such a function; else nothing.
  [[nodiscard]] virtual std::optional<Value> call(Interpreter& interpreter, std::string_view name,
                                                  const Arguments& arguments) {
    static_cast<void>(interpreter), static_cast<void>(name), static_cast<void>(arguments);
    return std::nullopt;
  }
};

/// A scope that is a table, with an optional outer scope.
class TableScope final : public Scope {
 public:
  explicit TableScope(Ref<Scope> outer = {}) : outer_(std::move(outer)) {}
  [[nodiscard]] std::optional<Value> get(Interpreter& interpreter, std::string_view name) override;
  bool set(std::string_view name, const Value& value) override;
  [[nodiscard]] std::optional<Value> call(Interpreter& interpreter, std::string_view name,
                                          const Arguments& arguments) override;
  OrderedTable names;

 private:
  Ref<Scope> outer_;
};

/// Anything that `call` of a closure value runs.
class ClosureObject : public Object {
 public:
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::closure; }
  /// Number of declared parameters; 1 for a closure with the implicit `it`; 0 for `{ -> }`.
  [[nodiscard]] virtual int arity() const = 0;
  /// Runs with exactly the values that were passed; use Interpreter::call for the language's
  /// argument rules.
  virtual Value invoke(Interpreter& interpreter, std::span<const Value> values) = 0;
  /// The same code with its free names looked up in `scope` first. Natives return themselves.
  [[nodiscard]] virtual Ref<ClosureObject> with_scope(const Ref<Scope>& scope) {
    static_cast<void>(scope);
    return Ref<ClosureObject>(this);
  }

 protected:
  ClosureObject() : Object(Kind::closure) {}
};

/// A closure written in C++.
class NativeClosure final : public ClosureObject {
 public:
  using Function = std::function<Value(Interpreter&, std::span<const Value>)>;
  NativeClosure(int arity, Function function) : arity_(arity), function_(std::move(function)) {}
  [[nodiscard]] int arity() const override { return arity_; }
  Value invoke(Interpreter& interpreter, std::span<const Value> values) override {
    return function_(interpreter, values);
  }

 private:
  int arity_;
  Function function_;
};

/// The operators that a native object may define for itself.
enum class NativeOperator : std::uint8_t {
  pipe,
  ampersand,
  plus,
  minus,
  multiply,
  divide,
  left_shift
};

/// Base of the values that dataflow and engine define: channels, process references, `workflow`,
/// `task`, `log`.
///
/// Every function answers "not mine" by nothing or false; the interpreter then reports the unknown
/// name with suggestions from `names()`.
class NativeObject : public Object {
 public:
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::native; }

  /// What scripts and messages call it, such as "channel" or "WorkflowMetadata".
  [[nodiscard]] virtual std::string_view type_name() const = 0;
  [[nodiscard]] virtual std::optional<Value> property(Interpreter& interpreter,
                                                      std::string_view name);
  virtual bool set_property(Interpreter& interpreter, std::string_view name, const Value& value);
  [[nodiscard]] virtual std::optional<Value> call_method(Interpreter& interpreter,
                                                         std::string_view name,
                                                         const Arguments& arguments);
  /// `object(arguments)`: processes and workflows.
  [[nodiscard]] virtual std::optional<Value> call(Interpreter& interpreter,
                                                  const Arguments& arguments);
  /// `object[index]`.
  [[nodiscard]] virtual std::optional<Value> index(Interpreter& interpreter, const Value& index);
  /// `this op other`, or `other op this` when `is_right`.
  [[nodiscard]] virtual std::optional<Value> apply(Interpreter& interpreter, NativeOperator op,
                                                   const Value& other, bool is_right);
  /// The value that takes part in operators, comparisons and keys in this object's place (the
  /// target of a group key); nullptr: the object itself.
  [[nodiscard]] virtual const Value* stand_in() const { return nullptr; }
  /// The parts of an object that spreads into several call arguments: the outputs of a process.
  [[nodiscard]] virtual std::optional<std::vector<Value>> spread_arguments();
  /// `instanceof` and `as` by simple type name.
  [[nodiscard]] virtual bool is_instance_of(std::string_view type) const {
    return type == type_name();
  }
  [[nodiscard]] virtual bool truth() const { return true; }
  [[nodiscard]] virtual std::string to_text() const;
  [[nodiscard]] virtual bool equals(const Value& other) const { return other.object() == this; }
  /// Must agree with `equals`.
  [[nodiscard]] virtual std::uint64_t hash() const;
  /// Names of properties and methods, for suggestions.
  [[nodiscard]] virtual std::vector<std::string> names() const { return {}; }
  /// Those that can be called.
  [[nodiscard]] virtual std::vector<std::string> method_names() const { return names(); }

 protected:
  NativeObject() : Object(Kind::native) {}
};

/// `value`, or what stands in for it.
[[nodiscard]] inline const Value& stand_in_of(const Value& value) {
  if (value.kind() != Kind::native) return value;
  const Value* const other = static_cast<const NativeObject*>(value.object())->stand_in();
  return other == nullptr ? value : *other;
}

/// The native object of class `T` in `value`, or nullptr.
template <typename T>
[[nodiscard]] T* native_as(const Value& value) {
  return value.kind() == Kind::native ? dynamic_cast<T*>(value.object()) : nullptr;
}

/// A closure value from a C++ function that takes `arity` values.
[[nodiscard]] Value make_native_closure(int arity, NativeClosure::Function function);

}  // namespace weir::lang
