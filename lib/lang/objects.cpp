#include "lang/objects.hpp"

#include "base/hash.hpp"
#include "lang/exceptions.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

namespace weir::lang {
namespace {

constexpr int k_destroy_depth_max = 200;

// Objects whose count reached zero while many destructors were already running wait here, so that a
// long chain of containers is taken apart in a loop. Values belong to one thread, and so does this.
struct Graveyard {
  std::vector<Object*> waiting;
  int depth = 0;
};

Graveyard& graveyard() {
  thread_local Graveyard yard;
  return yard;
}

Value copied(const Value& value, CopyFor target, int depth);

std::vector<Value> copied(const std::vector<Value>& values, CopyFor target, int depth) {
  std::vector<Value> copies;
  copies.reserve(values.size());
  for (const Value& value : values) copies.push_back(copied(value, target, depth));
  return copies;
}

OrderedTable copied(const OrderedTable& table, CopyFor target, int depth) {
  OrderedTable copy = table.empty_copy();
  copy.reserve(table.size());
  for (const OrderedTable::Entry& entry : table.entries()) {
    copy.put(copied(entry.key, target, depth), copied(entry.value, target, depth));
  }
  return copy;
}

/// Objects that never change are shared within a thread and copied for another one.
Value copied_immutable(const Value& value) {
  switch (value.kind()) {
    case Kind::string: return Value::string(value.text());
    case Kind::big_integer: return make<BigIntegerObject>(value.get<BigIntegerObject>().value);
    case Kind::decimal: return make<DecimalObject>(value.get<DecimalObject>().value);
    case Kind::range: {
      const RangeObject& range = value.get<RangeObject>();
      auto copy = make<RangeObject>(range.first, range.last, range.is_empty, range.elements);
      copy->open_end = range.open_end;
      copy->prefix = range.prefix;
      copy->start = copied(range.start, CopyFor::other_thread, 0);
      copy->end = copied(range.end, CopyFor::other_thread, 0);
      return copy;
    }
    case Kind::path: {
      const PathObject& path = value.get<PathObject>();
      const Ref<PathObject> copy = make<PathObject>(path.text, path.scheme);
      copy->stage_name = path.stage_name;
      copy->stage_text = path.stage_text;
      return copy;
    }
    case Kind::date: {
      const DateObject& date = value.get<DateObject>();
      return make<DateObject>(date.epoch_millis, date.flavour, date.offset_seconds);
    }
    case Kind::pattern: {
      const PatternObject& pattern = value.get<PatternObject>();
      return make<PatternObject>(pattern.source, pattern.flags);
    }
    case Kind::enum_constant: {
      const EnumConstantObject& constant = value.get<EnumConstantObject>();
      return make<EnumConstantObject>(constant.type, constant.name, constant.ordinal);
    }
    case Kind::type: return make<TypeObject>(value.get<TypeObject>().name);
    case Kind::version: return make<VersionObject>(value.get<VersionObject>().text);
    default: return value;
  }
}

Value copied(const Value& value, CopyFor target, int depth) {
  if (!value.is_object()) return value;
  if (depth > k_nesting_max)
    throw script_error("StackOverflowError", "value is nested too deeply to be copied");
  if (const ListObject* list = value.as<ListObject>()) {
    const Ref<ListObject> copy =
        make<ListObject>(copied(list->items, target, depth + 1), list->kind());
    copy->is_tuple = list->is_tuple;
    copy->is_array = list->is_array;
    copy->is_staged = list->is_staged;
    copy->default_value = list->default_value;
    copy->is_default_eager = list->is_default_eager;
    copy->is_read_only = list->is_read_only;
    return copy;
  }
  if (const SetObject* set = value.as<SetObject>()) {
    const Ref<SetObject> copy = make<SetObject>();
    copy->items = copied(set->items, target, depth + 1);
    copy->is_read_only = set->is_read_only;
    return copy;
  }
  if (const MapObject* map = value.as<MapObject>()) {
    const Ref<MapObject> copy = make<MapObject>(map->kind());
    copy->items = copied(map->items, target, depth + 1);
    copy->record_type = map->record_type;
    copy->default_value = map->default_value;
    copy->is_read_only = map->is_read_only;
    return copy;
  }
  if (const EntryObject* entry = value.as<EntryObject>()) {
    return make<EntryObject>(copied(entry->key, target, depth + 1),
                             copied(entry->value, target, depth + 1));
  }
  return target == CopyFor::other_thread ? copied_immutable(value) : value;
}

}  // namespace

void Object::destroy(Object* object) noexcept {
  Graveyard& yard = graveyard();
  if (yard.depth >= k_destroy_depth_max) {
    yard.waiting.push_back(object);
    return;
  }
  ++yard.depth;
  delete object;
  --yard.depth;
  while (yard.depth == 0 && !yard.waiting.empty()) {
    Object* const next = yard.waiting.back();
    yard.waiting.pop_back();
    ++yard.depth;
    delete next;
    --yard.depth;
  }
}

Value Value::string(std::string_view text) {
  return make<StringObject>(whole_characters(std::string(text)));
}
Value Value::string(std::string&& text) {
  return make<StringObject>(whole_characters(std::move(text)));
}
const std::string& Value::text() const noexcept {
  return static_cast<const StringObject*>(pointer())->text();
}

bool StringObject::is_ascii() const noexcept {
  if (ascii_ < 0) ascii_ = lang::is_ascii(text_) ? 1 : 0;
  return ascii_ == 1;
}

const std::u16string& StringObject::units() const {
  if (units_ == nullptr) units_ = std::make_unique<const std::u16string>(to_utf16(text_));
  return *units_;
}

std::uint64_t StringObject::hash() const noexcept {
  if (hash_ == 0) hash_ = base::fast_hash(text_).low | 1U;
  return hash_;
}

Value RangeObject::at(std::int64_t index) const {
  if (elements == Elements::numbers)
    return add_numbers(start, Value::number(is_reverse() ? -index : index));
  const std::int64_t value = is_reverse() ? first - index : first + index;
  if (elements == Elements::integers) return Value::number(value);
  std::string text = prefix;
  append_utf8(text, static_cast<char32_t>(value));
  return Value::string(std::move(text));
}

std::string PathObject::uri() const {
  if (scheme.empty()) return text;
  // Object stores have a slash before the bucket in their text.
  return scheme + (text.starts_with('/') ? ":/" : "://") + text;
}

Value make_list(std::vector<Value> items) {
  return make<ListObject>(std::move(items));
}

Value make_array(std::vector<Value> items) {
  const Ref<ListObject> array = make<ListObject>(std::move(items));
  array->is_array = true;
  return array;
}

Value make_tuple(std::vector<Value> items) {
  const Ref<ListObject> tuple = make<ListObject>(std::move(items));
  tuple->is_tuple = true;
  return tuple;
}

Value make_bag(std::vector<Value> items) {
  return make<ListObject>(std::move(items), Kind::bag);
}

Value make_set(const std::vector<Value>& items, OrderedTable::Order order) {
  const Ref<SetObject> set = make<SetObject>();
  if (order == OrderedTable::Order::hashes)
    set->items = OrderedTable::with_buckets(items.size());
  else if (order != OrderedTable::Order::insertion)
    set->items = set->items.with_order(order);
  for (const Value& item : items) set->items.put(item, Value());
  return set;
}

namespace {

Value hash_set_of(const std::vector<Value>& items, std::size_t buckets) {
  const Ref<SetObject> set = make<SetObject>();
  set->items = OrderedTable::with_buckets(std::max(buckets, OrderedTable::k_buckets_default));
  for (const Value& item : items) set->items.put(item, Value());
  return set;
}

}  // namespace

Value make_hash_set(const std::vector<Value>& items) {
  return hash_set_of(items, OrderedTable::buckets_for(items.size()));
}

Value make_grown_hash_set(const std::vector<Value>& items) {
  return hash_set_of(items, OrderedTable::k_buckets_default);
}

Value make_decimal(Decimal value) {
  return make<DecimalObject>(std::move(value));
}

Value make_big_integer(BigInteger value) {
  if (const std::optional<std::int64_t> small = value.to_int64())
    return Value::long_integer(*small);
  return make<BigIntegerObject>(std::move(value));
}

Value make_path(std::string text, std::string scheme) {
  return make<PathObject>(std::move(text), std::move(scheme));
}

Value with_items(const Value& value, const std::function<Value(const Value&)>& item) {
  const auto all = [&item](const std::vector<Value>& items) {
    std::vector<Value> result;
    result.reserve(items.size());
    for (const Value& one : items) result.push_back(item(one));
    return result;
  };
  if (const auto* const list = value.as<ListObject>()) {
    const Ref<ListObject> copy = make<ListObject>(all(list->items), list->kind());
    copy->is_tuple = list->is_tuple;
    copy->is_array = list->is_array;
    return copy;
  }
  if (value.as<SetObject>() != nullptr) return make_set(all(elements_of(value)));
  const auto* const map = value.as<MapObject>();
  if (map == nullptr) return value;
  const Ref<MapObject> copy = make<MapObject>(map->kind());
  copy->record_type = map->record_type;
  for (const auto& entry : map->items.entries()) copy->items.put(entry.key, item(entry.value));
  return copy;
}

Value deep_copy(const Value& value, CopyFor target) {
  return copied(value, target, 0);
}

}  // namespace weir::lang
