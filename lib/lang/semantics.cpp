#include "lang/semantics.hpp"

#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/numbers.hpp"
#include "lang/utf16.hpp"

namespace weir::lang {
namespace {

std::vector<Value> characters_of(const StringObject& text) {
  std::vector<Value> characters;
  const std::u16string units = to_utf16(text.text());
  characters.reserve(units.size());
  for (const char16_t unit : units)
    characters.push_back(Value::string(to_utf8(std::u16string_view(&unit, 1))));
  return characters;
}

std::vector<Value> range_elements(const RangeObject& range) {
  if (range.size() > k_range_elements_max) {
    throw script_error("IllegalArgumentException",
                       "the range " + to_text(Value(const_cast<RangeObject*>(&range))) +
                           " has too many elements to be visited");
  }
  std::vector<Value> elements;
  elements.reserve(static_cast<std::size_t>(range.size()));
  for (std::int64_t i = 0; i < range.size(); ++i) elements.push_back(range.at(i));
  return elements;
}

/// Between the ends, and whole steps from the first.
bool number_range_contains(const RangeObject& range, const Value& candidate) {
  if (range.is_empty || !is_number(candidate) || is_nan(candidate)) return false;
  const NumberOrder before =
      range.is_reverse() ? NumberOrder::greater : NumberOrder::less;  // of what stands before
  const NumberOrder at_end = compare_numbers(range.end, candidate);
  if (compare_numbers(candidate, range.start) == before || at_end == before) return false;
  if (range.open_end && at_end == NumberOrder::equal) return false;
  if (candidate.is_integer() && range.start.is_integer()) return true;
  const Value distance = subtract_numbers(candidate, range.start);
  return compare_numbers(Value::long_integer(to_int64(distance)), distance) == NumberOrder::equal;
}

bool range_contains(const RangeObject& range, const Value& candidate) {
  switch (range.elements) {
    case RangeObject::Elements::integers:
      // By Java's equals: a range of Integers holds no Long and no decimal.
      return candidate.kind() == Kind::integer && range.contains(candidate.as_int64());
    case RangeObject::Elements::numbers: return number_range_contains(range, candidate);
    case RangeObject::Elements::letters: break;
  }
  for (std::int64_t i = 0; i < range.size(); ++i) {
    if (equals(range.at(i), candidate)) return true;
  }
  return false;
}

}  // namespace

bool truth(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return false;
    case Kind::boolean:
    case Kind::integer:
    case Kind::long_integer:
    case Kind::duration:
    case Kind::memory: return value.as_int64() != 0;
    case Kind::real:
    case Kind::single: return value.as_real() != 0;
    case Kind::string: return !value.text().empty();
    case Kind::big_integer: return !value.get<BigIntegerObject>().value.is_zero();
    case Kind::decimal: return !value.get<DecimalObject>().value.is_zero();
    case Kind::list:
    case Kind::bag:
    case Kind::set:
    case Kind::map:
    case Kind::record:
    case Kind::range: return size_of(value) != 0;
    case Kind::matcher: return find_next(value.get<MatcherObject>());
    case Kind::native: return static_cast<const NativeObject*>(value.object())->truth();
    default: return true;
  }
}

bool is_case(Interpreter& interpreter, const Value& criterion, const Value& candidate) {
  switch (criterion.kind()) {
    case Kind::closure: return truth(interpreter.call(criterion, candidate));
    case Kind::type: return is_instance(candidate, criterion.get<TypeObject>().name);
    case Kind::pattern:
      return !candidate.is_null() &&
             matches_fully(criterion.get<PatternObject>(), to_text(candidate));
    case Kind::list:
    case Kind::bag:
      for (const Value& item : criterion.get<ListObject>().items) {
        if (equal_keys(item, candidate)) return true;
      }
      return false;
    case Kind::range: return range_contains(criterion.get<RangeObject>(), candidate);
    case Kind::set: return criterion.get<SetObject>().items.find(candidate) != nullptr;
    case Kind::map:
    case Kind::record: {
      // By documentation: the key is there and its value is true.
      const Value* const found = criterion.get<MapObject>().items.find(candidate);
      return found != nullptr && truth(*found);
    }
    default: return equals(criterion, candidate);
  }
}

bool is_collection(const Value& value) {
  switch (value.kind()) {
    case Kind::list:
    case Kind::bag:
    case Kind::set:
    case Kind::range: return true;
    default: return false;
  }
}

std::int64_t size_of(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return 0;
    case Kind::list:
    case Kind::bag: return static_cast<std::int64_t>(value.get<ListObject>().items.size());
    case Kind::set: return static_cast<std::int64_t>(value.get<SetObject>().items.size());
    case Kind::map:
    case Kind::record: return static_cast<std::int64_t>(value.get<MapObject>().items.size());
    case Kind::range: return value.get<RangeObject>().size();
    case Kind::string: return length_of(value.get<StringObject>());
    default: return 1;
  }
}

std::vector<Value> elements_of(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return {};
    case Kind::list:
    case Kind::bag: return value.get<ListObject>().items;
    case Kind::range: return range_elements(value.get<RangeObject>());
    case Kind::string: return characters_of(value.get<StringObject>());
    case Kind::matcher: return all_matches(value.get<MatcherObject>());
    case Kind::set: {
      std::vector<Value> elements;
      elements.reserve(value.get<SetObject>().items.size());
      for (const OrderedTable::Entry& entry : value.get<SetObject>().items.entries())
        elements.push_back(entry.key);
      return elements;
    }
    case Kind::map:
    case Kind::record: {
      std::vector<Value> elements;
      elements.reserve(value.get<MapObject>().items.size());
      for (const OrderedTable::Entry& entry : value.get<MapObject>().items.entries()) {
        const Ref<EntryObject> element = make<EntryObject>(entry.key, entry.value);
        element->map = value;
        elements.push_back(element);
      }
      return elements;
    }
    default: return {value};
  }
}

}  // namespace weir::lang
