#include "base/hash.hpp"
#include "lang/exceptions.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"
#include "lang/version_number.hpp"

#include <bit>
#include <cmath>

// Equality, order and hashing of values; declared in semantics.hpp.

namespace weir::lang {
namespace {

/// Bounds the recursion into nested containers.
class Depth {
 public:
  Depth() {
    if (++depth() > k_nesting_max) {
      --depth();
      throw script_error("StackOverflowError",
                         "value is nested too deeply to be compared or hashed");
    }
  }
  ~Depth() { --depth(); }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  static int& depth() {
    thread_local int current = 0;
    return current;
  }
};

using Equal = bool (*)(const Value&, const Value&);

std::int64_t count_of(const Value& value) {
  const RangeObject* const range = value.as<RangeObject>();
  return range != nullptr ? range->size()
                          : static_cast<std::int64_t>(value.get<ListObject>().items.size());
}

Value element_of(const Value& value, std::int64_t index) {
  if (const RangeObject* range = value.as<RangeObject>()) return range->at(index);
  return value.get<ListObject>().items[static_cast<std::size_t>(index)];
}

bool is_sequence(const Value& value) {
  return value.kind() == Kind::list || value.kind() == Kind::bag || value.kind() == Kind::range;
}

bool equal_sequences(const Value& a, const Value& b, Equal equal) {
  const std::int64_t count = count_of(a);
  if (count != count_of(b)) return false;
  for (std::int64_t i = 0; i < count; ++i) {
    if (!equal(element_of(a, i), element_of(b, i))) return false;
  }
  return true;
}

/// By keys first, which is linear; numbers of different classes that are equal by value need the
/// slow search.
bool equal_sets(const SetObject& a, const SetObject& b, Equal equal) {
  if (a.items.size() != b.items.size()) return false;
  for (const OrderedTable::Entry& entry : a.items.entries()) {
    if (b.items.find(entry.key) != nullptr) continue;
    bool found = false;
    for (const OrderedTable::Entry& other : b.items.entries())
      found = found || equal(entry.key, other.key);
    if (!found) return false;
  }
  return true;
}

bool equal_maps(const MapObject& a, const MapObject& b, Equal equal) {
  if (a.items.size() != b.items.size()) return false;
  for (const OrderedTable::Entry& entry : a.items.entries()) {
    const Value* const other = b.items.find(entry.key);
    if (other == nullptr || !equal(entry.value, *other)) return false;
  }
  return true;
}

bool equal_objects(const Value& a, const Value& b, Equal equal) {
  switch (a.kind()) {
    case Kind::string: return a.text() == b.text();
    case Kind::set: return equal_sets(a.get<SetObject>(), b.get<SetObject>(), equal);
    case Kind::map:
    case Kind::record: return equal_maps(a.get<MapObject>(), b.get<MapObject>(), equal);
    case Kind::entry: {
      const EntryObject& x = a.get<EntryObject>();
      const EntryObject& y = b.get<EntryObject>();
      return equal(x.key, y.key) && equal(x.value, y.value);
    }
    case Kind::path: {
      const PathObject& x = a.get<PathObject>();
      const PathObject& y = b.get<PathObject>();
      return x.text == y.text && x.scheme == y.scheme && x.stage_name == y.stage_name;
    }
    case Kind::date: return a.get<DateObject>().epoch_millis == b.get<DateObject>().epoch_millis;
    case Kind::enum_constant: {
      const EnumConstantObject& x = a.get<EnumConstantObject>();
      const EnumConstantObject& y = b.get<EnumConstantObject>();
      return x.type == y.type && x.name == y.name;
    }
    case Kind::type: return a.get<TypeObject>().name == b.get<TypeObject>().name;
    case Kind::version:
      return compare_versions(a.get<VersionObject>().text, b.get<VersionObject>().text) == 0;
    case Kind::native: return static_cast<const NativeObject*>(a.object())->equals(b);
    default: return false;
  }
}

/// A one-letter string, which Groovy compares with numbers as its character.
bool is_character(const Value& value) {
  return value.is_string() && length_of(value.get<StringObject>()) == 1;
}

Value character_number(const Value& value) {
  return Value::integer(unit_at(value.get<StringObject>(), 0));
}

[[noreturn]] void refuse_comparison(const Value& a, const Value& b) {
  throw script_error("IllegalArgumentException", "cannot compare " + qualified_type_name(a) +
                                                     " with value '" + to_short_text(a) + "' and " +
                                                     qualified_type_name(b) + " with value '" +
                                                     to_short_text(b) + "'");
}

int sign_of(std::int64_t a, std::int64_t b) {
  return a < b ? -1 : (a > b ? 1 : 0);
}

/// A duration or memory size against its own kind, a number, or a text.
int compare_quantity(const Value& a, const Value& b) {
  if (b.kind() == a.kind()) return sign_of(a.as_int64(), b.as_int64());
  if (is_number(b)) return sign_of(a.as_int64(), to_int64(b));
  if (b.is_string()) {
    const std::optional<std::int64_t> parsed =
        a.kind() == Kind::memory ? parse_memory_text(b.text()) : parse_duration_text(b.text());
    if (parsed) return sign_of(a.as_int64(), *parsed);
  }
  refuse_comparison(a, b);
}

bool is_quantity(const Value& value) {
  return value.kind() == Kind::memory || value.kind() == Kind::duration;
}

/// Of values of which `a` is no number and no text, but may be written as one.
bool equal_quantity(const Value& a, const Value& b) {
  if (!is_number(b) && !b.is_string()) return a.kind() == b.kind() && a.as_int64() == b.as_int64();
  return compare_quantity(a, b) == 0;
}

int compare_objects(const Value& a, const Value& b) {
  switch (a.kind()) {
    case Kind::boolean: return sign_of(a.as_int64(), b.as_int64());
    case Kind::string: return compare_units(a.text(), b.text());
    case Kind::date:
      return sign_of(a.get<DateObject>().epoch_millis, b.get<DateObject>().epoch_millis);
    case Kind::path: return a.get<PathObject>().text.compare(b.get<PathObject>().text);
    case Kind::version:
      return compare_versions(a.get<VersionObject>().text, b.get<VersionObject>().text);
    case Kind::enum_constant:
      return sign_of(a.get<EnumConstantObject>().ordinal, b.get<EnumConstantObject>().ordinal);
    default: break;
  }
  if (equals(a, b)) return 0;
  refuse_comparison(a, b);
}

std::int32_t fold(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits ^ (bits >> 32)));
}

std::int32_t hash_of_units(std::u16string_view units) {
  std::uint32_t hash = 0;
  for (const char16_t unit : units) hash = hash * 31 + unit;
  return static_cast<std::int32_t>(hash);
}

std::int32_t hash_of_bytes(std::string_view bytes) {
  std::uint32_t hash = 0;
  for (const char byte : bytes) hash = hash * 31 + static_cast<unsigned char>(byte);
  return static_cast<std::int32_t>(hash);
}

std::int32_t hash_of_big(const BigInteger& value) {
  if (const std::optional<std::int64_t> small = value.to_int64()) {
    const std::uint64_t magnitude =
        *small < 0 ? ~static_cast<std::uint64_t>(*small) + 1 : static_cast<std::uint64_t>(*small);
    const std::uint32_t hash =
        static_cast<std::uint32_t>(magnitude >> 32) * 31 + static_cast<std::uint32_t>(magnitude);
    return static_cast<std::int32_t>(*small < 0 ? ~hash + 1 : hash);
  }
  return hash_of_bytes(value.to_string());
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = (a ^ (b + 0x9E3779B97F4A7C15ULL)) * 0xBF58476D1CE4E5B9ULL;
  x ^= x >> 29;
  return x * 0x94D049BB133111EBULL ^ (x >> 32);
}

std::uint64_t hash_sequence(const Value& value) {
  std::uint64_t hash = 7;
  for (std::int64_t i = 0; i < count_of(value); ++i)
    hash = mix(hash, hash_key(element_of(value, i)));
  return hash;
}

/// Regardless of order.
std::uint64_t hash_table(const OrderedTable& table) {
  std::uint64_t hash = 11 + table.size();
  for (const OrderedTable::Entry& entry : table.entries())
    hash += mix(entry.hash, hash_key(entry.value));
  return hash;
}

}  // namespace

bool equals(const Value& a, const Value& b) {
  if (a.kind() == b.kind() && !is_number(a)) {
    if (a.same_as(b)) return true;
    if (!a.is_object()) return false;
  }
  if (a.is_null() || b.is_null()) return false;
  if (is_quantity(a)) return equal_quantity(a, b);
  if (is_quantity(b)) return equal_quantity(b, a);
  if (is_number(a) && is_number(b)) return compare_numbers(a, b) == NumberOrder::equal;
  if (is_number(a) && is_character(b))
    return compare_numbers(a, character_number(b)) == NumberOrder::equal;
  if (is_character(a) && is_number(b))
    return compare_numbers(character_number(a), b) == NumberOrder::equal;
  const Depth guard;
  if (is_sequence(a) && is_sequence(b)) return equal_sequences(a, b, equals);
  if (a.kind() == b.kind()) return equal_objects(a, b, equals);
  if (a.as<MapObject>() != nullptr && b.as<MapObject>() != nullptr)
    return equal_objects(a, b, equals);
  if (b.kind() == Kind::native && stand_in_of(b).kind() != Kind::native)
    return equals(a, stand_in_of(b));
  return a.kind() == Kind::native && static_cast<const NativeObject*>(a.object())->equals(b);
}

bool equal_keys(const Value& a, const Value& b) {
  if (a.kind() == b.kind()) {
    if (a.same_as(b)) return true;
    if (!a.is_object()) return false;
    if (a.is_string()) return a.text() == b.text();
  }
  if (a.is_null() || b.is_null() || !a.is_object() || !b.is_object()) return false;
  if (a.kind() == Kind::big_integer && b.kind() == Kind::big_integer) {
    return a.get<BigIntegerObject>().value == b.get<BigIntegerObject>().value;
  }
  if (a.kind() == Kind::decimal && b.kind() == Kind::decimal) {
    const Decimal& x = a.get<DecimalObject>().value;
    const Decimal& y = b.get<DecimalObject>().value;
    return x.scale() == y.scale() && x.unscaled() == y.unscaled();
  }
  const Depth guard;
  if (is_sequence(a) && is_sequence(b)) return equal_sequences(a, b, equal_keys);
  if (a.kind() == b.kind()) return equal_objects(a, b, equal_keys);
  const Value& x = stand_in_of(a);
  const Value& y = stand_in_of(b);
  return (&x != &a || &y != &b) && equal_keys(x, y);
}

std::uint64_t hash_key(const Value& value) {
  const auto kind = static_cast<std::uint64_t>(value.kind());
  if (!value.is_object())
    return mix(kind, static_cast<std::uint64_t>(value.is_real()
                                                    ? std::bit_cast<std::int64_t>(value.as_real())
                                                    : value.as_int64()));
  const Depth guard;
  switch (value.kind()) {
    case Kind::string: return value.get<StringObject>().hash();
    case Kind::big_integer:
      return base::fast_hash(value.get<BigIntegerObject>().value.to_string()).low;
    case Kind::decimal: return base::fast_hash(value.get<DecimalObject>().value.to_string()).low;
    case Kind::list:
    case Kind::bag:
    case Kind::range: return hash_sequence(value);
    case Kind::set: return hash_table(value.get<SetObject>().items);
    case Kind::map:
    case Kind::record: return mix(kind, hash_table(value.get<MapObject>().items));
    case Kind::entry:
      return mix(hash_key(value.get<EntryObject>().key), hash_key(value.get<EntryObject>().value));
    case Kind::path: return base::fast_hash(value.get<PathObject>().visible()).low;
    case Kind::date:
      return mix(kind, static_cast<std::uint64_t>(value.get<DateObject>().epoch_millis));
    case Kind::enum_constant: return base::fast_hash(value.get<EnumConstantObject>().name).low;
    case Kind::type: return base::fast_hash(value.get<TypeObject>().name).low;
    case Kind::version:
      return kind;  // versions of different spelling may be equal; they are rarely keys
    case Kind::native: return static_cast<const NativeObject*>(value.object())->hash();
    default: return mix(kind, std::bit_cast<std::uint64_t>(value.object()));
  }
}

std::int32_t java_hash(const Value& value) {
  const Depth guard;
  switch (value.kind()) {
    case Kind::null: return 0;
    case Kind::boolean: return value.as_boolean() ? 1231 : 1237;
    case Kind::integer: return static_cast<std::int32_t>(value.as_int64());
    case Kind::long_integer:
    case Kind::duration:
    case Kind::memory: return fold(value.as_int64());
    case Kind::real: return fold(std::bit_cast<std::int64_t>(value.as_real()));
    case Kind::single: return std::bit_cast<std::int32_t>(static_cast<float>(value.as_real()));
    case Kind::string: return hash_of_units(to_utf16(value.text()));
    case Kind::big_integer: return hash_of_big(value.get<BigIntegerObject>().value);
    case Kind::decimal: {
      const Decimal& decimal = value.get<DecimalObject>().value;
      const auto hash = static_cast<std::uint32_t>(hash_of_big(decimal.unscaled()));
      return static_cast<std::int32_t>(hash * 31 + static_cast<std::uint32_t>(decimal.scale()));
    }
    case Kind::list:
    case Kind::bag:
    case Kind::range: {
      std::uint32_t hash = 1;
      for (const Value& item : elements_of(value))
        hash = hash * 31 + static_cast<std::uint32_t>(java_hash(item));
      return static_cast<std::int32_t>(hash);
    }
    case Kind::set: {
      std::uint32_t hash = 0;
      for (const Value& item : elements_of(value))
        hash += static_cast<std::uint32_t>(java_hash(item));
      return static_cast<std::int32_t>(hash);
    }
    case Kind::map:
    case Kind::record: {
      std::uint32_t hash = 0;
      for (const OrderedTable::Entry& entry : value.get<MapObject>().items.entries()) {
        hash += static_cast<std::uint32_t>(java_hash(entry.key) ^ java_hash(entry.value));
      }
      return static_cast<std::int32_t>(hash);
    }
    case Kind::entry:
      return java_hash(value.get<EntryObject>().key) ^ java_hash(value.get<EntryObject>().value);
    case Kind::path: return hash_of_bytes(value.get<PathObject>().text);
    case Kind::date: return fold(value.get<DateObject>().epoch_millis);
    default: return fold(static_cast<std::int64_t>(hash_key(value)));
  }
}

int compare(const Value& a, const Value& b) {
  if (a.same_as(b) && !a.is_real()) return 0;
  if (a.is_null()) return -1;
  if (b.is_null()) return 1;
  const Value left = is_number(b) && is_character(a) ? character_number(a) : a;
  const Value right = is_number(a) && is_character(b) ? character_number(b) : b;
  if (is_number(left) && is_number(right)) return static_cast<int>(compare_numbers(left, right));
  if (left.kind() == Kind::memory || left.kind() == Kind::duration)
    return compare_quantity(left, right);
  if (is_number(left) && (right.kind() == Kind::memory || right.kind() == Kind::duration))
    return -compare_quantity(right, left);
  if (left.kind() == right.kind()) return compare_objects(left, right);
  if (equals(left, right)) return 0;
  refuse_comparison(a, b);
}

int compare_for_sort(const Value& a, const Value& b) {
  const bool comparable =
      a.is_null() || b.is_null() || (is_number(a) && is_number(b)) ||
      (a.kind() == b.kind() &&
       (!a.is_object() || a.is_string() || a.kind() == Kind::path || a.kind() == Kind::date ||
        a.kind() == Kind::enum_constant || a.kind() == Kind::version)) ||
      (is_number(a) && is_character(b)) || (is_character(a) && is_number(b));
  if (comparable) return compare(a, b);
  const std::int32_t x = java_hash(a);
  const std::int32_t y = java_hash(b);
  if (x == y && equal_keys(a, b)) return 0;
  return x > y ? 1 : -1;
}

}  // namespace weir::lang
