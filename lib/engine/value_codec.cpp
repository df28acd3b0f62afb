#include "engine/value_codec.hpp"

#include "base/error.hpp"
#include "lang/numbers.hpp"
#include "lang/objects.hpp"
#include "lang/semantics.hpp"

#include <bit>
#include <cstring>

namespace weir::engine {

using lang::Kind;
using lang::Value;

namespace {

constexpr char k_version = '1';
constexpr int k_depth_max = 200;

bool is_encodable_at(const Value& value, int depth) {
  if (depth > k_depth_max) return false;
  switch (value.kind()) {
    case Kind::null:
    case Kind::boolean:
    case Kind::integer:
    case Kind::long_integer:
    case Kind::real:
    case Kind::single:
    case Kind::duration:
    case Kind::memory:
    case Kind::string:
    case Kind::decimal:
    case Kind::path: return true;
    case Kind::list:
    case Kind::bag:
    case Kind::set:
    case Kind::range:
      for (const Value& item : lang::elements_of(value)) {
        if (!is_encodable_at(item, depth + 1)) return false;
      }
      return true;
    case Kind::map:
    case Kind::record:
      for (const auto& entry : value.as<lang::MapObject>()->items.entries()) {
        if (!is_encodable_at(entry.key, depth + 1) || !is_encodable_at(entry.value, depth + 1))
          return false;
      }
      return true;
    default: return false;
  }
}

/// One letter for the kind, then a number in eight bytes (little-endian), then that many bytes or
/// values.
class Writer {
 public:
  std::string bytes{k_version};

  void write(const Value& value) {
    switch (value.kind()) {
      case Kind::null: bytes += 'n'; break;
      case Kind::boolean: number('b', value.as_boolean() ? 1 : 0); break;
      case Kind::integer: number('i', value.as_int64()); break;
      case Kind::long_integer: number('l', value.as_int64()); break;
      case Kind::real: number('d', std::bit_cast<std::int64_t>(value.as_real())); break;
      case Kind::single: number('f', std::bit_cast<std::int64_t>(value.as_real())); break;
      case Kind::duration: number('t', value.as_int64()); break;
      case Kind::memory: number('m', value.as_int64()); break;
      case Kind::string: text('s', value.text()); break;
      case Kind::decimal: text('D', lang::number_text(value)); break;
      case Kind::path: text('p', value.as<lang::PathObject>()->uri()); break;
      case Kind::set: items('S', lang::elements_of(value)); break;
      case Kind::bag: items('B', lang::elements_of(value)); break;
      case Kind::map:
      case Kind::record: map(*value.as<lang::MapObject>()); break;
      default: items('L', lang::elements_of(value)); break;
    }
  }

 private:
  void number(char kind, std::int64_t value) {
    bytes += kind;
    const auto bits = static_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>((bits >> (8 * i)) & 0xff);
  }
  void text(char kind, std::string_view value) {
    number(kind, static_cast<std::int64_t>(value.size()));
    bytes += value;
  }
  void items(char kind, const std::vector<Value>& values) {
    number(kind, static_cast<std::int64_t>(values.size()));
    for (const Value& value : values) write(value);
  }
  void map(const lang::MapObject& map) {
    number(map.kind() == Kind::record ? 'R' : 'M', static_cast<std::int64_t>(map.items.size()));
    for (const auto& entry : map.items.entries()) {
      write(entry.key);
      write(entry.value);
    }
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ended() const { return at_ == bytes_.size(); }

  Value read(int depth = 0) {
    if (depth > k_depth_max) damaged();
    const char kind = take(1)[0];
    if (kind == 'n') return {};
    const std::int64_t number = read_number();
    switch (kind) {
      case 'b': return Value::boolean(number != 0);
      case 'i': return Value::integer(static_cast<std::int32_t>(number));
      case 'l': return Value::long_integer(number);
      case 'd': return Value::real(std::bit_cast<double>(number));
      case 'f': return Value::single(static_cast<float>(std::bit_cast<double>(number)));
      case 't': return Value::duration(number);
      case 'm': return Value::memory(number);
      case 's': return Value::string(take(number));
      case 'D': return read_decimal(take(number));
      case 'p': return read_path(take(number));
      case 'S': return lang::make_set(read_items(number, depth));
      case 'B': return lang::make_bag(read_items(number, depth));
      case 'L': return lang::make_list(read_items(number, depth));
      case 'M':
      case 'R': return read_map(kind == 'R' ? Kind::record : Kind::map, number, depth);
      default: damaged();
    }
  }

 private:
  [[noreturn]] static void damaged() {
    throw Error(ErrorKind::store, "the values kept for a task are damaged");
  }

  std::string_view take(std::int64_t count) {
    if (count < 0 || static_cast<std::size_t>(count) > bytes_.size() - at_) damaged();
    const std::string_view part = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += part.size();
    return part;
  }
  std::int64_t read_number() {
    const std::string_view part = take(8);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(part[i])) << (8 * i);
    }
    return static_cast<std::int64_t>(bits);
  }
  static Value read_decimal(std::string_view digits) {
    const auto number = lang::Decimal::parse(digits);
    if (!number) damaged();
    return lang::make_decimal(*number);
  }
  static Value read_path(std::string_view uri) {
    const std::size_t colon = uri.find("://");
    if (colon == std::string_view::npos) return lang::make_path(std::string(uri));
    return lang::make_path(std::string(uri.substr(colon + 3)), std::string(uri.substr(0, colon)));
  }
  std::vector<Value> read_items(std::int64_t count, int depth) {
    std::vector<Value> values;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(read(depth + 1));
    return values;
  }
  Value read_map(Kind kind, std::int64_t count, int depth) {
    auto map = lang::make<lang::MapObject>(kind);
    for (std::int64_t i = 0; i < count; ++i) {
      const Value key = read(depth + 1);
      map->items.put(key, read(depth + 1));
    }
    return map;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_encodable(const Value& value) {
  return is_encodable_at(value, 0);
}

std::string encode_value(const Value& value) {
  Writer writer;
  writer.write(value);
  return std::move(writer.bytes);
}

Value decode_value(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != k_version) {
    throw Error(ErrorKind::store, "the values kept for a task are of an unknown version");
  }
  Reader reader(bytes.substr(1));
  Value value = reader.read();
  if (!reader.ended()) throw Error(ErrorKind::store, "the values kept for a task are damaged");
  return value;
}

}  // namespace weir::engine
