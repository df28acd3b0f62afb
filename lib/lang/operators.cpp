#include "lang/operators.hpp"

#include "lang/exceptions.hpp"
#include "lang/internal/rings.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/numbers.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace weir::lang {
namespace {

constexpr std::int64_t k_repeat_bytes_max = 256 * 1024 * 1024;  ///< of `text * n` and `list * n`
constexpr std::int64_t k_day_millis = 86'400'000;

/// The method that Groovy calls for the operator; messages name it, since that is what users look
/// up.
std::string_view method_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::power: return "power";
    case BinaryOp::multiply: return "multiply";
    case BinaryOp::divide: return "div";
    case BinaryOp::remainder: return "mod";
    case BinaryOp::add: return "plus";
    case BinaryOp::subtract: return "minus";
    case BinaryOp::shift_left: return "leftShift";
    case BinaryOp::shift_right: return "rightShift";
    case BinaryOp::shift_right_unsigned: return "rightShiftUnsigned";
    case BinaryOp::bit_and: return "and";
    case BinaryOp::bit_xor: return "xor";
    case BinaryOp::bit_or: return "or";
    default: return "compareTo";
  }
}

[[noreturn]] void refuse(BinaryOp op, const Value& a, const Value& b) {
  const std::string method(method_of(op));
  if (a.is_null()) {
    throw script_error("NullPointerException",
                       "cannot invoke method " + method + "() on null object");
  }
  throw script_error("MissingMethodException",
                     "operator '" + std::string(text_of(op)) + "' (method " + method +
                         ") is not defined for " + type_name(a) + " and " + type_name(b) + ": '" +
                         to_short_text(a) + "' and '" + to_short_text(b) + "'");
}

Value list_like(const Value& model, std::vector<Value> items) {
  if (const SetObject* set = model.as<SetObject>()) return make_set(items, set->items.order());
  if (model.kind() == Kind::bag) return make_bag(std::move(items));
  return make_list(std::move(items));
}

Value repeat_text(const std::string& text, std::int64_t times) {
  if (times < 0) {
    throw script_error(
        "IllegalArgumentException",
        "multiply() should be called with a number of 0 or greater, not " + std::to_string(times));
  }
  if (!text.empty() && times > k_repeat_bytes_max / static_cast<std::int64_t>(text.size())) {
    throw script_error("OutOfMemoryError", "the repeated text would be too long");
  }
  std::string repeated;
  repeated.reserve(text.size() * static_cast<std::size_t>(times));
  for (std::int64_t i = 0; i < times; ++i) repeated += text;
  return Value::string(std::move(repeated));
}

Value repeat_list(const Value& list, std::int64_t times) {
  const std::vector<Value> items = elements_of(list);
  if (times < 0) {
    throw script_error(
        "IllegalArgumentException",
        "multiply() should be called with a number of 0 or greater, not " + std::to_string(times));
  }
  if (!items.empty() &&
      times > k_repeat_bytes_max / static_cast<std::int64_t>(items.size() * sizeof(Value))) {
    throw script_error("OutOfMemoryError", "the repeated list would be too long");
  }
  std::vector<Value> repeated;
  repeated.reserve(items.size() * static_cast<std::size_t>(times));
  for (std::int64_t i = 0; i < times; ++i)
    repeated.insert(repeated.end(), items.begin(), items.end());
  return list.kind() == Kind::set ? list_like(list, std::move(repeated))
                                  : make_list(std::move(repeated));
}

/// A map, or a collection of entries alone.
bool holds_entries(const Value& value) {
  if (value.as<MapObject>() != nullptr) return true;
  if (!is_collection(value)) return false;
  const std::vector<Value> items = elements_of(value);
  return std::all_of(items.begin(), items.end(),
                     [](const Value& item) { return item.kind() == Kind::entry; });
}

Value merged_maps(const MapObject& a, const Value& b) {
  const Ref<MapObject> merged = make<MapObject>(a.kind());
  merged->record_type = a.record_type;
  merged->items = a.items;
  for (const Value& item : elements_of(b)) {
    const EntryObject& entry = item.get<EntryObject>();
    merged->items.put(entry.key, entry.value);
  }
  return merged;
}

Value quantity(Kind kind, std::int64_t amount) {
  if (amount < 0) {
    throw script_error("AssertionError", kind == Kind::memory
                                             ? "Memory unit cannot be a negative number"
                                             : "Duration unit cannot be a negative number");
  }
  return kind == Kind::memory ? Value::memory(amount) : Value::duration(amount);
}

bool is_quantity(const Value& value) {
  return value.kind() == Kind::memory || value.kind() == Kind::duration;
}

Value add_to_date(const DateObject& date, const Value& b) {
  const std::int64_t millis =
      b.kind() == Kind::duration ? b.as_int64() : to_int64(b) * k_day_millis;
  return make<DateObject>(date.epoch_millis + millis, date.flavour, date.offset_seconds);
}

std::optional<Value> apply_native(Interpreter& interpreter, NativeOperator op, const Value& a,
                                  const Value& b) {
  if (a.kind() == Kind::native) {
    std::optional<Value> result =
        static_cast<NativeObject*>(a.object())->apply(interpreter, op, b, false);
    if (result) return result;
  }
  if (b.kind() == Kind::native)
    return static_cast<NativeObject*>(b.object())->apply(interpreter, op, a, true);
  return std::nullopt;
}

/// `f << g` runs g first, `f >> g` runs f first.
Value compose(const Value& first, const Value& second) {
  return make_native_closure(closure_arity(first), [first, second](Interpreter& interpreter,
                                                                   std::span<const Value> values) {
    return interpreter.call(second, interpreter.call(first, values));
  });
}

void refuse_read_only(bool is_read_only) {
  if (is_read_only)
    throw script_error("UnsupportedOperationException", "the collection cannot be changed");
}

Value shift_left(Interpreter& interpreter, const Value& a, const Value& b) {
  if (std::optional<Value> result = apply_native(interpreter, NativeOperator::left_shift, a, b))
    return *result;
  note_link(interpreter, a, b);
  switch (a.kind()) {
    case Kind::list:
    case Kind::bag:
      refuse_read_only(a.get<ListObject>().is_read_only || a.get<ListObject>().is_tuple);
      a.get<ListObject>().items.push_back(b);
      return a;
    case Kind::set:
      refuse_read_only(a.get<SetObject>().is_read_only);
      a.get<SetObject>().items.put(b, Value());
      return a;
    case Kind::map: {
      refuse_read_only(a.get<MapObject>().is_read_only);
      if (const EntryObject* entry = b.as<EntryObject>()) {
        a.get<MapObject>().items.put(entry->key, entry->value);
        return a;
      }
      if (b.as<MapObject>() == nullptr) break;
      for (const Value& item : elements_of(b)) {
        a.get<MapObject>().items.put(item.get<EntryObject>().key, item.get<EntryObject>().value);
      }
      return a;
    }
    case Kind::string: return Value::string(a.text() + java_text(b));
    case Kind::path:
      interpreter.host().files().write(a.get<PathObject>(), to_text(b),
                                       FileSystem::WriteMode::append);
      return a;
    case Kind::closure:
      if (b.kind() == Kind::closure) return compose(b, a);
      break;
    case Kind::integer:
      if (b.is_integer()) {
        const auto bits = static_cast<std::uint32_t>(a.as_int64()) << (b.as_int64() & 31);
        return Value::integer(static_cast<std::int32_t>(bits));
      }
      break;
    case Kind::long_integer:
      if (b.is_integer()) {
        return Value::long_integer(static_cast<std::int64_t>(
            static_cast<std::uint64_t>(a.as_int64()) << (b.as_int64() & 63)));
      }
      break;
    default: break;
  }
  refuse(BinaryOp::shift_left, a, b);
}

/// `file >> 'folder/'` says where a workflow output goes; only the host knows whether anybody
/// listens.
bool names_target(Interpreter& interpreter, const Value& source, const Value& target) {
  if (!source.is_null() && source.kind() != Kind::path && !is_collection(source)) return false;
  const std::array<Value, 2> values{source, target};
  return interpreter.host().call_global(interpreter, ">>", Arguments{values, nullptr}).has_value();
}

Value shift_right(Interpreter& interpreter, BinaryOp op, const Value& a, const Value& b) {
  if (a.kind() == Kind::closure && b.kind() == Kind::closure) return compose(a, b);
  if (op == BinaryOp::shift_right && names_target(interpreter, a, b)) return {};
  if (!a.is_integer() || !b.is_integer()) refuse(op, a, b);
  const bool is_unsigned = op == BinaryOp::shift_right_unsigned;
  if (a.kind() == Kind::integer) {
    const auto value = static_cast<std::int32_t>(a.as_int64());
    const auto bits = static_cast<int>(b.as_int64() & 31);
    return Value::integer(is_unsigned
                              ? static_cast<std::int32_t>(static_cast<std::uint32_t>(value) >> bits)
                              : value >> bits);
  }
  const auto bits = static_cast<int>(b.as_int64() & 63);
  return Value::long_integer(
      is_unsigned ? static_cast<std::int64_t>(static_cast<std::uint64_t>(a.as_int64()) >> bits)
                  : a.as_int64() >> bits);
}

std::int64_t combine_bits(BinaryOp op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case BinaryOp::bit_and: return a & b;
    case BinaryOp::bit_or: return a | b;
    default: return a ^ b;
  }
}

Value combine(Interpreter& interpreter, BinaryOp op, const Value& a, const Value& b) {
  if (op != BinaryOp::bit_xor) {
    const NativeOperator native =
        op == BinaryOp::bit_or ? NativeOperator::pipe : NativeOperator::ampersand;
    if (std::optional<Value> result = apply_native(interpreter, native, a, b)) return *result;
  }
  if (a.kind() == Kind::boolean)
    return Value::boolean(combine_bits(op, a.as_int64(), truth(b) ? 1 : 0) != 0);
  if (a.is_integer() && b.is_integer()) {
    const std::int64_t bits = combine_bits(op, a.as_int64(), b.as_int64());
    const bool narrow = a.kind() == Kind::integer && b.kind() == Kind::integer;
    return narrow ? Value::integer(static_cast<std::int32_t>(bits)) : Value::long_integer(bits);
  }
  if (is_collection(a) && is_collection(b)) {
    if (op == BinaryOp::bit_and) return list_like(a, common(elements_of(a), elements_of(b)));
    if (op == BinaryOp::bit_or && a.kind() == Kind::set) {
      std::vector<Value> all = elements_of(a);
      const std::vector<Value> more = elements_of(b);
      all.insert(all.end(), more.begin(), more.end());
      return make_set(all);
    }
  }
  if (op == BinaryOp::bit_or && a.kind() == Kind::path)
    return resolve_path(a.get<PathObject>(), to_text(b));
  refuse(op, a, b);
}

Value pattern_find(const Value& text, const Value& pattern) {
  // Groovy searches the text "null" then.
  return make_matcher(pattern, text.is_null() ? Value::string("null") : text);
}

Value pattern_match(const Value& text, const Value& pattern) {
  if (text.is_null() || pattern.is_null()) return Value::boolean(false);
  const Ref<PatternObject> compiled = pattern.kind() == Kind::pattern
                                          ? Ref<PatternObject>(pattern.as<PatternObject>())
                                          : make_pattern(to_text(pattern));
  return Value::boolean(matches_fully(*compiled, to_text(text)));
}

/// `<`, `<=`, `>`, `>=`. Null is below everything, NaN above every number.
Value relation(BinaryOp op, const Value& a, const Value& b) {
  const int order = compare(a, b);
  switch (op) {
    case BinaryOp::less: return Value::boolean(order < 0);
    case BinaryOp::less_equal: return Value::boolean(order <= 0);
    case BinaryOp::greater: return Value::boolean(order > 0);
    default: return Value::boolean(order >= 0);
  }
}

int sign(int order) {
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace

Value key_by_value(const Value& value) {
  if (!is_number(value)) return value;
  if (value.is_integer()) return Value::long_integer(value.as_int64());
  if (value.is_real() &&
      (!std::isfinite(value.as_real()) || (value.as_real() == 0 && std::signbit(value.as_real()))))
    return value;
  const Decimal number = to_decimal(value).stripped();
  if (number.scale() > 0) return make_decimal(number);
  return make_big_integer(number.to_big_integer());
}

std::vector<Value> without(const std::vector<Value>& a, const std::vector<Value>& b) {
  OrderedTable keys;
  for (const Value& item : b) keys.put(key_by_value(item), Value());
  std::vector<Value> rest;
  for (const Value& item : a) {
    if (keys.find(key_by_value(item)) == nullptr) rest.push_back(item);
  }
  return rest;
}

std::vector<Value> common(const std::vector<Value>& a, const std::vector<Value>& b) {
  OrderedTable keys;
  for (const Value& item : b) keys.put(key_by_value(item), Value());
  std::vector<Value> shared;
  for (const Value& item : a) {
    if (keys.find(key_by_value(item)) != nullptr) shared.push_back(item);
  }
  return shared;
}

Value add(Interpreter& interpreter, const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return add_numbers(a, b);
  if (a.is_string()) return Value::string(a.text() + to_text(b));
  if (std::optional<Value> result = apply_native(interpreter, NativeOperator::plus, a, b))
    return *result;
  if (is_collection(a)) {
    std::vector<Value> items = elements_of(a);
    if (is_collection(b)) {
      const std::vector<Value> more = elements_of(b);
      items.insert(items.end(), more.begin(), more.end());
    } else {
      items.push_back(b);
    }
    return list_like(a, std::move(items));
  }
  if (const MapObject* map = a.as<MapObject>(); map != nullptr && holds_entries(b))
    return merged_maps(*map, b);
  if (is_quantity(a) && b.kind() == a.kind())
    return quantity(a.kind(), a.as_int64() + b.as_int64());
  if (a.kind() == Kind::memory && b.is_null()) return a;
  if (a.kind() == Kind::path) return append_to_path(a.get<PathObject>(), to_text(b));
  if (a.kind() == Kind::date && (is_number(b) || b.kind() == Kind::duration))
    return add_to_date(a.get<DateObject>(), b);
  // Truth values and quantities have no plus() for texts.
  const bool joins_text = a.kind() != Kind::boolean && !is_quantity(a);
  if (b.is_string() && joins_text) return Value::string(to_text(a) + b.text());
  refuse(BinaryOp::add, a, b);
}

Value subtract(Interpreter& interpreter, const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return subtract_numbers(a, b);
  if (std::optional<Value> result = apply_native(interpreter, NativeOperator::minus, a, b))
    return *result;
  if (a.is_string()) {
    if (b.kind() == Kind::pattern)
      return Value::string(replace_matches(b.get<PatternObject>(), a.text(), "", Which::first));
    const std::string part = to_text(b);
    const std::size_t at = a.text().find(part);
    if (at == std::string::npos) return a;
    return Value::string(std::string(a.text()).erase(at, part.size()));
  }
  if (is_collection(a)) {
    return list_like(
        a, without(elements_of(a), is_collection(b) ? elements_of(b) : std::vector<Value>{b}));
  }
  if (const MapObject* map = a.as<MapObject>();
      map != nullptr && (b.as<MapObject>() != nullptr || is_collection(b))) {
    const Ref<MapObject> rest = make<MapObject>(a.kind());
    rest->items = map->items;
    const MapObject* const other = b.as<MapObject>();
    if (other == nullptr) {
      for (const Value& key : elements_of(b)) rest->items.remove(key);
      return rest;
    }
    rest->items.retain_if([&](const OrderedTable::Entry& entry) {
      const Value* const found = other->items.find(entry.key);
      return found == nullptr || !equals(entry.value, *found);
    });
    return rest;
  }
  if (is_quantity(a) && b.kind() == a.kind())
    return quantity(a.kind(), a.as_int64() - b.as_int64());
  if (a.kind() == Kind::memory && b.is_null()) return a;
  if (a.kind() == Kind::date && b.kind() == Kind::date) {
    return Value::number((a.get<DateObject>().epoch_millis - b.get<DateObject>().epoch_millis) /
                         k_day_millis);
  }
  if (a.kind() == Kind::date && is_number(b))
    return add_to_date(a.get<DateObject>(), negate_number(b));
  if (a.kind() == Kind::date && b.kind() == Kind::duration) {
    return make<DateObject>(a.get<DateObject>().epoch_millis - b.as_int64(),
                            a.get<DateObject>().flavour, a.get<DateObject>().offset_seconds);
  }
  if (a.kind() == Kind::path && b.is_integer())
    return ancestor_of(a.get<PathObject>(), b.as_int64());
  refuse(BinaryOp::subtract, a, b);
}

Value multiply(Interpreter& interpreter, const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return multiply_numbers(a, b);
  if (std::optional<Value> result = apply_native(interpreter, NativeOperator::multiply, a, b))
    return *result;
  if (is_quantity(a) && is_number(b)) {
    const Value product = multiply_numbers(Value::long_integer(a.as_int64()), b);
    return quantity(a.kind(), to_int64(product));
  }
  if (is_number(a) && is_quantity(b)) return multiply(interpreter, b, a);
  if (a.is_string() && is_number(b)) return repeat_text(a.text(), to_int64(b));
  if (is_collection(a) && is_number(b)) return repeat_list(a, to_int64(b));
  refuse(BinaryOp::multiply, a, b);
}

Value divide(Interpreter& interpreter, const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return divide_numbers(a, b);
  if (std::optional<Value> result = apply_native(interpreter, NativeOperator::divide, a, b))
    return *result;
  if (is_quantity(a) && is_number(b)) {
    const double quotient = to_double(divide_numbers(Value::long_integer(a.as_int64()), b));
    return quantity(a.kind(), to_int64(Value::real(std::floor(quotient + 0.5))));
  }
  if (a.kind() == Kind::path)
    return b.is_null() ? a : resolve_path(a.get<PathObject>(), to_text(b));
  refuse(BinaryOp::divide, a, b);
}

namespace {

/// The left side of an operator stands for its value; the right side does, unless it becomes an
/// element.
bool keeps_right(BinaryOp op, const Value& left) {
  return op == BinaryOp::shift_left || is_collection(left);
}

}  // namespace

Value apply_binary(Interpreter& interpreter, BinaryOp op, const Value& a, const Value& b) {
  if (const Value& left = stand_in_of(a); &left != &a)
    return apply_binary(interpreter, op, left, b);
  if (const Value& right = stand_in_of(b); &right != &b && !keeps_right(op, a))
    return apply_binary(interpreter, op, a, right);
  switch (op) {
    case BinaryOp::add: return add(interpreter, a, b);
    case BinaryOp::subtract: return subtract(interpreter, a, b);
    case BinaryOp::multiply: return multiply(interpreter, a, b);
    case BinaryOp::divide: return divide(interpreter, a, b);
    case BinaryOp::remainder:
      if (is_number(a) && is_number(b)) return remainder_numbers(a, b);
      refuse(op, a, b);
    case BinaryOp::power:
      if (is_number(a) && is_number(b)) return power_numbers(a, b);
      refuse(op, a, b);
    case BinaryOp::shift_left: return shift_left(interpreter, a, b);
    case BinaryOp::shift_right:
    case BinaryOp::shift_right_unsigned: return shift_right(interpreter, op, a, b);
    case BinaryOp::less:
    case BinaryOp::less_equal:
    case BinaryOp::greater:
    case BinaryOp::greater_equal: return relation(op, a, b);
    case BinaryOp::in:
      return Value::boolean(!b.is_null() ? is_case(interpreter, b, a) : a.is_null());
    case BinaryOp::not_in:
      return Value::boolean(!truth(apply_binary(interpreter, BinaryOp::in, a, b)));
    case BinaryOp::equal: return Value::boolean(equals(a, b));
    case BinaryOp::not_equal: return Value::boolean(!equals(a, b));
    case BinaryOp::compare: return Value::integer(sign(compare(a, b)));
    case BinaryOp::find: return pattern_find(a, b);
    case BinaryOp::match: return pattern_match(a, b);
    case BinaryOp::bit_and:
    case BinaryOp::bit_xor:
    case BinaryOp::bit_or: return combine(interpreter, op, a, b);
    case BinaryOp::logical_and: return Value::boolean(truth(a) && truth(b));
    case BinaryOp::logical_or: return Value::boolean(truth(a) || truth(b));
  }
  refuse(op, a, b);
}

Value apply_unary(UnaryOp op, const Value& operand) {
  switch (op) {
    case UnaryOp::logical_not: return Value::boolean(!truth(operand));
    case UnaryOp::plus:
      if (is_number(operand)) return operand;
      break;
    case UnaryOp::minus:
      if (is_number(operand)) return negate_number(operand);
      break;
    case UnaryOp::bit_not:
      if (operand.is_string()) return make_pattern(operand.text());
      if (operand.kind() == Kind::integer)
        return Value::integer(static_cast<std::int32_t>(~operand.as_int64()));
      if (operand.kind() == Kind::long_integer) return Value::long_integer(~operand.as_int64());
      break;
  }
  const std::string_view method =
      op == UnaryOp::plus ? "positive" : (op == UnaryOp::minus ? "negative" : "bitwiseNegate");
  throw script_error(
      operand.is_null() ? "NullPointerException" : "MissingMethodException",
      "method " + std::string(method) + "() is not defined for " + type_name(operand));
}

namespace {

[[noreturn]] void refuse_range(std::string reason) {
  throw script_error("IllegalArgumentException", std::move(reason));
}

/// Groovy's ObjectRange counts by the last letter, so nothing else may differ.
Ref<RangeObject> text_range(const Value& from, const Value& to, bool exclusive) {
  const std::u16string first = to_utf16(from.text());
  const std::u16string last = to_utf16(to.text());
  if (first.size() != last.size()) refuse_range("Incompatible Strings for Range: different length");
  if (first.empty()) refuse_range("a range of texts needs a letter to count by");
  const std::u16string prefix = first.substr(0, first.size() - 1);
  if (prefix != last.substr(0, last.size() - 1)) {
    refuse_range("Incompatible Strings for Range: String#next() will not reach the expected value");
  }
  const std::int64_t begin = first.back();
  const std::int64_t end = last.back();
  // What remains without the end is a closed range for Groovy.
  const std::int64_t kept = !exclusive || begin == end ? end : (begin < end ? end - 1 : end + 1);
  auto range =
      make<RangeObject>(begin, kept, exclusive && begin == end, RangeObject::Elements::letters);
  range->prefix = to_utf8(prefix);
  return range;
}

/// A whole number to count by, cut to where no sum of two overflows.
std::int64_t countable(const Value& number) {
  constexpr std::int64_t k_far = std::int64_t{1} << 61;
  if (is_nan(number)) return 0;
  if (compare_numbers(number, Value::long_integer(k_far)) == NumberOrder::greater) return k_far;
  if (compare_numbers(number, Value::long_integer(-k_far)) == NumberOrder::less) return -k_far;
  return to_int64(number);
}

/// Of two Longs, it need not be one.
Value distance_between(const Value& from, const Value& to) {
  const bool may_wrap = from.is_integer() && to.is_integer();
  const Value start = may_wrap ? Value(make<BigIntegerObject>(to_big_integer(from))) : from;
  return absolute_number(subtract_numbers(to, start));
}

/// Between numbers of which one is no Integer: whole steps from the first, as far as the second.
Ref<RangeObject> number_range(const Value& from, const Value& to, bool exclusive) {
  Value start = from;
  if (from.is_integer() && to.kind() == Kind::long_integer)
    start = Value::long_integer(from.as_int64());
  const Value distance = distance_between(from, to);
  std::int64_t steps = countable(distance);
  const bool reaches = compare_numbers(Value::long_integer(steps), distance) == NumberOrder::equal;
  const bool is_empty = exclusive && reaches && steps == 0;
  if (exclusive && reaches && !is_empty) --steps;
  const bool is_reverse = compare_numbers(from, to) == NumberOrder::greater;
  const std::int64_t first = countable(from);
  auto range = make<RangeObject>(first, is_reverse ? first - steps : first + steps, is_empty,
                                 RangeObject::Elements::numbers);
  if (exclusive) range->open_end = countable(to);
  range->start = start;
  range->end = to;
  return range;
}

/// A text of one letter beside a number counts as its letter's number.
Value range_bound(const Value& bound, const Value& other) {
  const bool is_letter = bound.is_string() && size_of(bound) == 1 && is_number(other);
  return is_letter ? Value::integer(unit_at(bound.get<StringObject>(), 0)) : bound;
}

}  // namespace

Value make_range(const Value& from, const Value& to, bool exclusive) {
  if (from.is_string() && to.is_string()) return text_range(from, to, exclusive);
  const Value begin = range_bound(from, to);
  const Value end = range_bound(to, from);
  if (!is_number(begin) || !is_number(end)) {
    refuse_range("a range goes between two numbers or two texts, not from " + type_name(from) +
                 " to " + type_name(to));
  }
  if (begin.kind() != Kind::integer || end.kind() != Kind::integer)
    return number_range(begin, end, exclusive);
  const std::int64_t first = begin.as_int64();
  const std::int64_t last = end.as_int64();
  if (!exclusive) return make<RangeObject>(first, last);
  if (first == last) return make<RangeObject>(first, first, true);
  auto range = make<RangeObject>(first, first < last ? last - 1 : last + 1);
  range->open_end = last;
  return range;
}

}  // namespace weir::lang
