#pragma once

#include "lang/decimal.hpp"
#include "lang/ordered_table.hpp"
#include "lang/value.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

class CompiledPattern;

/// Immutable UTF-8 text; lengths and indexes of the language count UTF-16 units (text_units.hpp).
class StringObject final : public Object {
 public:
  explicit StringObject(std::string text) : Object(Kind::string), text_(std::move(text)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::string; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// All bytes below 0x80, so that bytes and UTF-16 units are the same; computed once.
  [[nodiscard]] bool is_ascii() const noexcept;
  /// The UTF-16 units. Computed once and kept: only asked for where a text that is not ASCII is
  /// read by index, which would else cost the whole text each time.
  [[nodiscard]] const std::u16string& units() const;
  /// Computed once.
  [[nodiscard]] std::uint64_t hash() const noexcept;

 private:
  std::string text_;
  mutable std::unique_ptr<const std::u16string> units_;
  mutable std::uint64_t hash_ = 0;
  mutable std::int8_t ascii_ = -1;
};

class BigIntegerObject final : public Object {
 public:
  explicit BigIntegerObject(BigInteger number)
      : Object(Kind::big_integer), value(std::move(number)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::big_integer; }
  const BigInteger value;
};

class DecimalObject final : public Object {
 public:
  explicit DecimalObject(Decimal number) : Object(Kind::decimal), value(std::move(number)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::decimal; }
  const Decimal value;
};

/// A list, a tuple (a list that refuses changes) or a bag.
class ListObject final : public Object {
 public:
  explicit ListObject(std::vector<Value> values = {}, Kind kind = Kind::list)
      : Object(kind), items(std::move(values)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::list || kind == Kind::bag; }
  std::vector<Value> items;
  bool is_tuple = false;
  /// An array for Java: alone it is all arguments of a function that takes any number of them.
  bool is_array = false;
  /// The staged files of one task input: printed as the arguments of a command, separated by
  /// blanks.
  bool is_staged = false;
  bool is_read_only = false;
  /// The closure of `withDefault`, told the position of what is asked for; null when there is none.
  Value default_value;
  /// Also the positions before it are filled by the closure, else by null.
  bool is_default_eager = false;
};

class SetObject final : public Object {
 public:
  SetObject() : Object(Kind::set) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::set; }
  OrderedTable items;  ///< the values of the entries are null
  bool is_read_only = false;
};

class MapObject final : public Object {
 public:
  /// `kind` is map or record.
  explicit MapObject(Kind kind = Kind::map) : Object(kind) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::map || kind == Kind::record; }
  OrderedTable items;
  std::string record_type;  ///< name of the record's type; empty when it has none
  /// The closure of `withDefault`; null when there is none.
  Value default_value;
  bool is_read_only = false;
  /// What a script puts in where there is an entry already is left out: `params`, in which the
  /// first value counts.
  bool keeps_first = false;
};

class EntryObject final : public Object {
 public:
  EntryObject(Value entry_key, Value entry_value)
      : Object(Kind::entry), key(std::move(entry_key)), value(std::move(entry_value)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::entry; }
  Value key;
  Value value;
  /// The map whose entry it is, which `setValue` changes; null when there is none.
  Value map;
};

/// From `first` to `last`, both included, upwards or downwards; possibly empty.
class RangeObject final : public Object {
 public:
  enum class Elements : std::uint8_t {
    integers,
    letters,  ///< texts that differ in their last letter: `prefix` with a UTF-16 unit
    numbers   ///< of another class than Integer: `start` with whole steps added to it
  };
  RangeObject(std::int64_t range_first, std::int64_t range_last, bool empty = false,
              Elements elements_kind = Elements::integers)
      : Object(Kind::range),
        first(range_first),
        last(range_last),
        is_empty(empty),
        elements(elements_kind) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::range; }
  [[nodiscard]] bool is_reverse() const { return last < first; }
  [[nodiscard]] std::int64_t size() const {
    return is_empty ? 0 : (is_reverse() ? first - last : last - first) + 1;
  }
  [[nodiscard]] bool contains(std::int64_t number) const {
    return !is_empty && number >= (is_reverse() ? last : first) &&
           number <= (is_reverse() ? first : last);
  }
  /// The element at `index`, which must be within the size.
  [[nodiscard]] Value at(std::int64_t index) const;
  const std::int64_t first;
  const std::int64_t last;
  const bool is_empty;
  const Elements elements;
  /// The end as it was written where that is no element: 4 of `1..<4`. It counts when the range is
  /// printed, and as an index: `list[0..<-1]`.
  std::optional<std::int64_t> open_end;
  std::string prefix;  ///< of a range of texts
  /// Of a range of numbers: its first element, and its end as it was written, which need be none:
  /// `1.5..4`.
  Value start;
  Value end;
};

/// A local path or a URI. Only text: what is on the disk is asked of the host's FileSystem.
class PathObject final : public Object {
 public:
  /// `scheme` is empty for local paths, else such as "s3"; `text` is the path without the scheme.
  explicit PathObject(std::string path_text, std::string path_scheme = {})
      : Object(Kind::path), text(std::move(path_text)), scheme(std::move(path_scheme)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::path; }
  [[nodiscard]] bool is_staged() const { return !stage_name.empty(); }
  /// What the script sees when it prints the path: the stage name of a task input, else the path.
  [[nodiscard]] const std::string& shown() const {
    return !stage_text.empty() ? stage_text : stage_name.empty() ? text : stage_name;
  }
  /// What names and parts are taken from: the stage name of a task input, else the path.
  [[nodiscard]] const std::string& visible() const {
    return stage_name.empty() ? text : stage_name;
  }
  /// With the scheme, such as "s3://bucket/key"; a local path as it is.
  [[nodiscard]] std::string uri() const;
  const std::string text;
  const std::string scheme;
  std::string stage_name;  ///< name relative to the task directory, for a staged task input
  std::string stage_text;  ///< the stage name as commands need it written; empty: as it is
};

/// A point in time with the class that the script knows it as.
class DateObject final : public Object {
 public:
  enum class Flavour : std::uint8_t {
    date,
    instant,
    offset_date_time,
    local_date_time,
    local_date
  };
  DateObject(std::int64_t milliseconds, Flavour date_flavour, std::int32_t offset = 0)
      : Object(Kind::date),
        epoch_millis(milliseconds),
        flavour(date_flavour),
        offset_seconds(offset) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::date; }
  const std::int64_t epoch_millis;
  const Flavour flavour;
  const std::int32_t offset_seconds;  ///< east of UTC
};

/// A regular expression as the script wrote it, compiled when first used.
class PatternObject final : public Object {
 public:
  explicit PatternObject(std::string pattern_source, std::int32_t pattern_flags = 0)
      : Object(Kind::pattern), source(std::move(pattern_source)), flags(pattern_flags) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::pattern; }
  const std::string source;
  const std::int32_t flags;  ///< Java's numbers: CASE_INSENSITIVE 2, MULTILINE 8, DOTALL 32
  std::shared_ptr<const CompiledPattern> compiled;
};

/// One match: bounds of each group in UTF-16 units, -1 when the group took no part.
struct MatchGroups {
  std::vector<std::pair<std::int32_t, std::int32_t>> bounds;
};

class MatcherObject final : public Object {
 public:
  MatcherObject(Ref<PatternObject> matcher_pattern, Value matcher_subject)
      : Object(Kind::matcher),
        pattern(std::move(matcher_pattern)),
        subject(std::move(matcher_subject)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::matcher; }
  const Ref<PatternObject> pattern;
  const Value subject;                 ///< a string
  std::u16string units;                ///< of the subject, once something was looked for
  std::optional<MatchGroups> current;  ///< of the last find() or matches()
  std::int32_t next_start = 0;         ///< where the next find() begins
};

class EnumConstantObject final : public Object {
 public:
  EnumConstantObject(std::string enum_type, std::string enum_name, std::int32_t enum_ordinal)
      : Object(Kind::enum_constant),
        type(std::move(enum_type)),
        name(std::move(enum_name)),
        ordinal(enum_ordinal) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::enum_constant; }
  const std::string type;
  const std::string name;
  const std::int32_t ordinal;
};

/// A script-visible exception; thrown in C++ as ScriptException (exceptions.hpp).
class ExceptionObject final : public Object {
 public:
  /// Without message and cause.
  explicit ExceptionObject(std::string type)
      : Object(Kind::exception), class_name(std::move(type)) {}
  ExceptionObject(std::string type, Value text)
      : Object(Kind::exception), class_name(std::move(type)), message(std::move(text)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::exception; }
  const std::string class_name;  ///< simple name, such as "IllegalArgumentException"
  Value message;                 ///< a string or null
  Value cause;                   ///< an exception or null
};

/// A class named in a script: `Integer`, `java.util.Date`. Simple name within the table of class
/// names.
class TypeObject final : public Object {
 public:
  explicit TypeObject(std::string type_name) : Object(Kind::type), name(std::move(type_name)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::type; }
  const std::string name;
};

class VersionObject final : public Object {
 public:
  explicit VersionObject(std::string version_text)
      : Object(Kind::version), text(std::move(version_text)) {}
  [[nodiscard]] static bool is_kind(Kind kind) { return kind == Kind::version; }
  const std::string text;
};

[[nodiscard]] Value make_list(std::vector<Value> items);
[[nodiscard]] Value make_array(std::vector<Value> items);
[[nodiscard]] Value make_tuple(std::vector<Value> items);
[[nodiscard]] Value make_bag(std::vector<Value> items);
/// Without duplicates, in order of first appearance or of their own.
[[nodiscard]] Value make_set(const std::vector<Value>& items,
                             OrderedTable::Order order = OrderedTable::Order::insertion);
/// `new HashSet(items)`.
[[nodiscard]] Value make_hash_set(const std::vector<Value>& items);
/// A HashSet to which they were added one by one, which may have fewer buckets.
[[nodiscard]] Value make_grown_hash_set(const std::vector<Value>& items);
[[nodiscard]] Value make_decimal(Decimal value);
/// A Long when it fits, else a big integer.
[[nodiscard]] Value make_big_integer(BigInteger value);
[[nodiscard]] Value make_path(std::string text, std::string scheme = {});

/// A copy that shares no changeable object with `value`; strings, paths and numbers are shared
/// unless `for_thread`, in which case everything is copied. Closures and natives cannot be copied
/// and are kept. Throws on nesting deeper than k_nesting_max.
enum class CopyFor : std::uint8_t { same_thread, other_thread };
[[nodiscard]] Value deep_copy(const Value& value, CopyFor target = CopyFor::same_thread);

/// A new collection of the same kind (list, bag, set, map or record) with `item` applied to every
/// item, or value of an entry; what is no such collection is returned as it is.
[[nodiscard]] Value with_items(const Value& value, const std::function<Value(const Value&)>& item);

/// Containers nested deeper than this are refused when printed, compared, hashed or copied.
inline constexpr int k_nesting_max = 2'000;

}  // namespace weir::lang
