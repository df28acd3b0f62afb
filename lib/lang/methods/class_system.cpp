#include "base/hash.hpp"
#include "lang/encodings.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/classes.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <array>

// Functions of System, Thread and UUID. Declared in classes.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value environment(Call call) {
  Host& host = call.interpreter.host();
  if (call.has(0)) {
    const std::optional<std::string> value = host.environment(text_argument(call, 0));
    return value ? Value::string(std::string_view(*value)) : Value();
  }
  const Ref<MapObject> all = make<MapObject>();
  for (const auto& [name, value] : host.environment_all())
    all->items.put(name, Value::string(std::string_view(value)));
  return all;
}

/// The properties of a Java system that scripts ask for.
std::optional<std::string> system_property_text(Host& host, std::string_view name) {
  std::optional<std::string> value;
  if (name == "user.dir") value = host.files().absolute(".");
  if (name == "user.home") value = host.environment("HOME");
  if (name == "user.name") value = host.environment("USER");
  if (name == "java.io.tmpdir") value = host.environment("TMPDIR").value_or("/tmp");
  if (name == "os.name") value = "Linux";
  if (name == "line.separator") value = "\n";
  if (name == "file.separator") value = "/";
  return value;
}

Value system_property(Call call) {
  const auto value = system_property_text(call.interpreter.host(), text_argument(call, 0));
  if (value) return Value::string(std::string_view(*value));
  return call.has(1) ? call[1] : Value();
}

Value system_properties(Call call) {
  const Ref<MapObject> map = make<MapObject>();
  for (const std::string_view name : {"user.dir", "user.home", "user.name", "java.io.tmpdir",
                                      "os.name", "line.separator", "file.separator"}) {
    const auto value = system_property_text(call.interpreter.host(), name);
    if (value) map->items.put(name, Value::string(std::string_view(*value)));
  }
  return map;
}

constexpr std::array k_system = {
    Method{"currentTimeMillis", 0, 0,
           [](Call call) { return Value::long_integer(call.interpreter.host().now_millis()); },
           "milliseconds since 1970"},
    Method{"exit", 1, 1,
           [](Call call) -> Value {
             call.interpreter.host().exit(static_cast<int>(integer_argument(call, 0)), "");
             return {};
           },
           "ends the run with a status"},
    Method{"getProperties", 0, 0, system_properties, "all properties of the system"},
    Method{"getProperty", 1, 2, system_property, "a property of the system"},
    Method{"getenv", 0, 1, environment, "an environment variable, or all of them"},
    Method{"lineSeparator", 0, 0, [](Call) { return Value::string("\n"); }, "the line end"},
    Method{"nanoTime", 0, 0,
           [](Call call) {
             return Value::long_integer(call.interpreter.host().now_millis() * 1'000'000);
           },
           "a time in nanoseconds"},
};

/// A version 4 identifier.
Value random_uuid(Call call) {
  Host& host = call.interpreter.host();
  const std::uint64_t high = (host.random_bits() & ~0xF000ULL) | 0x4000ULL;
  const std::uint64_t low = (host.random_bits() & ~(3ULL << 62)) | (2ULL << 62);
  return Value::string(fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32,
                                   high >> 16 & 0xFFFFU, high & 0xFFFFU, low >> 48,
                                   low & 0xFFFF'FFFF'FFFFULL));
}

/// A version 3 identifier, as java.util.UUID makes it.
Value name_uuid(Call call) {
  std::string digits = base::md5_hex(bytes_of(call[0]));
  digits[12] = '3';
  constexpr std::string_view k_variant = "89ab";
  const auto nibble =
      static_cast<unsigned>(digits[16] <= '9' ? digits[16] - '0' : digits[16] - 'a' + 10);
  digits[16] = k_variant[nibble & 3];
  for (const std::size_t at : {20U, 16U, 12U, 8U}) digits.insert(at, "-");
  return Value::string(std::move(digits));
}

constexpr std::array k_uuid = {
    Method{"nameUUIDFromBytes", 1, 1, name_uuid, "an identifier from bytes"},
    Method{"randomUUID", 0, 0, random_uuid, "a random identifier"}};

constexpr std::array k_thread = {
    Method{"sleep", 1, 1,
           [](Call call) {
             call.interpreter.host().sleep_millis(integer_argument(call, 0));
             return Value();
           },
           "waits for some milliseconds"},
};

}  // namespace

MethodTable system_class() {
  return k_system;
}
MethodTable uuid_class() {
  return k_uuid;
}
MethodTable thread_class() {
  return k_thread;
}

}  // namespace weir::lang
