#pragma once

#include "lang/arena.hpp"
#include "lang/names.hpp"
#include "lang/source.hpp"

#include <cstdint>
#include <string_view>

/// Expressions. How variables, frames and captures work is told in ast.hpp.
namespace weir::lang {

/// No tree is higher, so that passes and interpreter may recurse.
inline constexpr std::uint16_t k_tree_height_max = 1000;

struct Block;
struct Declaration;
struct Expr;

/// What a name means, decided by the resolver.
enum class BindingKind : std::uint8_t {
  unresolved,     ///< not resolved, or an error was reported
  local,          ///< frame slot `slot` holds the value
  local_cell,     ///< frame slot `slot` holds a cell that holds the value
  captured,       ///< capture `slot` of the running closure is the value
  captured_cell,  ///< capture `slot` of the running closure is a cell that holds the value
  implicit,       ///< a name that the host provides: `slot` is an ImplicitName (vocabulary.hpp)
  function,       ///< `declaration` is a FunctionDecl
  process,        ///< `declaration` is a ProcessDecl
  workflow,       ///< `declaration` is a WorkflowDecl
  plugin,         ///< a function included from a plug-in: `declaration` is the IncludeDecl
  builtin,        ///< a global function: `slot` is its row in builtin_functions() (vocabulary.hpp)
  channel_operator,  ///< `slot` is its row in channel_operators() (vocabulary.hpp)
  type,     ///< a class, enum or record name; `declaration` is the EnumDecl or RecordDecl, if it is
            ///< ours
  dynamic,  ///< looked up by name when reached: configuration only
  task_output,  ///< `file('x')` in a typed output: frame slot `slot` holds a list of its one value,
                ///< or an empty list where the task did not leave it
};

struct Binding {
  BindingKind kind = BindingKind::unresolved;
  std::uint32_t slot = 0;
  const Declaration* declaration = nullptr;
};

/// A type as written: `List<Map<String,Path>>`, `Path?`, `String[]`.
struct TypeRef {
  Span span;
  Name name = Name::none;  ///< as written, dots included
  List<TypeRef*> arguments;
  const Declaration* declaration = nullptr;  ///< the RecordDecl or EnumDecl, if it is ours
  bool nullable = false;
  std::uint8_t dimensions = 0;  ///< of a legacy array type
};

enum class ExprKind : std::uint8_t {
  error,  ///< stands where something could not be parsed
  null_literal,
  bool_literal,
  integer_literal,
  number_literal,
  string_literal,
  interpolated,
  variable,
  property,
  index,
  call,
  construct,
  unary,
  binary,
  ternary,
  elvis,
  cast,
  instance_of,
  range,
  list,
  map,
  closure,
};

/// Every expression begins so. `as<T>()` gives the concrete type, which `kind` decides.
struct Expr {
  ExprKind kind = ExprKind::error;
  std::uint16_t height = 1;  ///< of the tree below; the parser keeps it under k_tree_height_max
  Span span;

  template <typename T>
  [[nodiscard]] const T& as() const {
    return static_cast<const T&>(*this);
  }
  template <typename T>
  [[nodiscard]] T& as() {
    return static_cast<T&>(*this);
  }
};

struct BoolLiteral : Expr {
  bool value = false;
};

/// An integer that fits: Integer, or Long when `wide` (suffix L, or too large for 32 bits).
struct IntegerLiteral : Expr {
  std::int64_t value = 0;
  bool wide = false;
};

enum class NumberKind : std::uint8_t { big_integer, big_decimal, float32, float64 };

/// Any other number. `text` is decimal digits with optional point and exponent, without `_` and
/// suffix; big integers written in hexadecimal, octal or binary are already converted.
struct NumberLiteral : Expr {
  NumberKind number = NumberKind::big_decimal;
  std::string_view text;
  std::uint32_t site = 0;
};

/// A string without interpolation, escapes resolved, as UTF-8 (a lone surrogate escape becomes
/// U+FFFD).
struct StringLiteral : Expr {
  std::string_view value;
  bool slashy = false;  ///< written as /pattern/
  std::uint32_t site = 0;
};

/// One piece of an interpolated string: text, or an expression (`$a.b` and `${...}` alike).
struct Segment {
  std::string_view text;  ///< when `value` is null
  Expr* value = nullptr;
};

struct Interpolated : Expr {
  List<Segment> segments;
};

struct VariableExpr : Expr {
  Name name = Name::none;
  Binding binding;
};

enum class Access : std::uint8_t { plain, safe, spread };  ///< `.`  `?.`  `*.`

/// `object.name`. When `binding.kind` is `type`, the whole path names a class
/// (`java.nio.file.Files`): `class_name` is the full name and `object` is not to be evaluated.
struct PropertyExpr : Expr {
  Expr* object = nullptr;
  Name name = Name::none;
  Span name_span;
  Access access = Access::plain;
  std::uint32_t site = 0;
  Binding binding;
  Name class_name = Name::none;
};

/// `object[a]` or `object[a, b]`.
struct IndexExpr : Expr {
  Expr* object = nullptr;
  List<Expr*> indices;
  std::uint32_t site = 0;
};

/// `key: value` in a call.
struct NamedArgument {
  Name key = Name::none;
  Span key_span;
  Expr* value = nullptr;
};

/// A call. Exactly one of these three shapes:
///   `name(...)`         object and callee are null; `target` says what `name` is
///   `object.name(...)`  a method (or channel operator: decided by the value), `access` as written
///   `callee(...)`       any other expression that is called, for example a closure: name is none
/// For `name(...)` where name is a variable, `target` is its place (BindingKind local …
/// captured_cell).
struct CallExpr : Expr {
  Expr* object = nullptr;
  Expr* callee = nullptr;
  Name name = Name::none;
  Span name_span;
  Access access = Access::plain;
  bool command = false;  ///< written without parentheses
  bool trailing_closure =
      false;                  ///< the last positional argument was written behind the parentheses
  List<Expr*> arguments;      ///< positional; a trailing closure is the last
  List<NamedArgument> named;  ///< if any, they are passed as one map before the positional ones
  Binding target;
  List<VariableExpr*>
      declares;  ///< `set { x }`, `tap { x }` in a workflow: the variables to assign
  std::uint32_t site = 0;
};

/// `new Type(...)`.
struct ConstructExpr : Expr {
  TypeRef* type = nullptr;
  Binding binding;
  List<Expr*> arguments;
  List<NamedArgument> named;
};

enum class UnaryOp : std::uint8_t { plus, minus, logical_not, bit_not };

struct UnaryExpr : Expr {
  UnaryOp op = UnaryOp::plus;
  Expr* operand = nullptr;
};

enum class BinaryOp : std::uint8_t {
  power,
  multiply,
  divide,
  remainder,
  add,
  subtract,
  shift_left,
  shift_right,
  shift_right_unsigned,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
  equal,
  not_equal,
  compare,  ///< `<=>`
  find,
  match,  ///< `=~` `==~`
  bit_and,
  bit_xor,
  bit_or,
  logical_and,
  logical_or,
};

/// The operator as written, for example ">>>".
[[nodiscard]] std::string_view text_of(BinaryOp op);

struct BinaryExpr : Expr {
  BinaryOp op = BinaryOp::add;
  Span op_span;
  Expr* left = nullptr;
  Expr* right = nullptr;
  std::uint32_t site = 0;
};

/// `condition ? then : otherwise`.
struct TernaryExpr : Expr {
  Expr* condition = nullptr;
  Expr* then = nullptr;
  Expr* otherwise = nullptr;
};

/// `value ?: otherwise`.
struct ElvisExpr : Expr {
  Expr* value = nullptr;
  Expr* otherwise = nullptr;
};

/// `value as Type`.
struct CastExpr : Expr {
  Expr* value = nullptr;
  TypeRef* type = nullptr;
  Binding binding;
};

/// `value instanceof Type`, `value !instanceof Type`.
struct InstanceOfExpr : Expr {
  Expr* value = nullptr;
  TypeRef* type = nullptr;
  Binding binding;
  bool negated = false;
};

/// `from..to`, `from..<to`.
struct RangeExpr : Expr {
  Expr* from = nullptr;
  Expr* to = nullptr;
  bool exclusive = false;
};

struct ListExpr : Expr {
  List<Expr*> items;
};

/// A bare word as key is a StringLiteral.
struct MapEntry {
  Expr* key = nullptr;
  Expr* value = nullptr;
};

struct MapExpr : Expr {
  List<MapEntry> entries;
};

/// A parameter of a function or closure. The caller puts the argument into frame slot `slot`; when
/// `cell` is set, into a fresh cell there.
struct Parameter {
  Name name = Name::none;
  Span span;
  TypeRef* type = nullptr;
  Expr* default_value = nullptr;  ///< evaluated in the callee's frame, left to right
  std::uint32_t slot = 0;
  bool cell = false;
};

/// One captured variable: when the closure is made, the content of `from` in the enclosing frame
/// (or in the enclosing closure's captures) is copied as it is, be it a value or a cell.
struct Capture {
  Name name = Name::none;
  BindingKind from = BindingKind::local;  ///< local, local_cell, captured or captured_cell
  std::uint32_t slot = 0;
};

struct ClosureExpr : Expr {
  List<Parameter> parameters;
  bool implicit_it =
      false;  ///< written without `->`: parameters is the one parameter `it`, which may be left out
  bool labelled = false;  ///< body has `label: value` statements (branch and multiMap criteria)
  Block* body = nullptr;
  std::uint32_t frame_size = 0;
  List<Capture> captures;
  std::uint32_t site = 0;
};

}  // namespace weir::lang
