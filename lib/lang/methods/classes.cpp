#include "lang/dates.hpp"
#include "lang/encodings.hpp"
#include "lang/exceptions.hpp"
#include "lang/formatter.hpp"
#include "lang/interpreter.hpp"
#include "lang/json.hpp"
#include "lang/matching.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// Functions and constants of the classes that scripts name: `Math.max`, `Integer.MAX_VALUE`.
// Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

double real(Call call, std::size_t index = 0) {
  if (!is_number(call[index]))
    throw script_error("IllegalArgumentException",
                       "a number is needed, not " + type_name(call[index]));
  return to_double(call[index]);
}

template <double (*function)(double)>
Value of_real(Call call) {
  return Value::real(function(real(call)));
}

Value larger(Call call, int sign) {
  static_cast<void>(real(call, 0));
  static_cast<void>(real(call, 1));
  const bool first = static_cast<int>(compare_numbers(call[0], call[1])) * sign >= 0;
  const Value chosen = first ? call[0] : call[1];
  // Java gives both operands one class first.
  if (call[0].kind() == Kind::real || call[1].kind() == Kind::real)
    return Value::real(to_double(chosen));
  if (call[0].kind() == Kind::decimal || call[1].kind() == Kind::decimal)
    return Value::real(to_double(chosen));
  if (call[0].kind() == Kind::long_integer || call[1].kind() == Kind::long_integer)
    return Value::long_integer(to_int64(chosen));
  return chosen;
}

Value absolute(Call call) {
  const Value result = absolute_number(call[0]);
  return result.kind() == Kind::decimal ? Value::real(to_double(result)) : result;
}

Value random(Call call) {
  const std::uint64_t bits = call.interpreter.host().random_bits() >> 11;
  return Value::real(static_cast<double>(bits) * 0x1.0p-53);
}

constexpr std::array k_math = {
    Method{"abs", 1, 1, absolute, "without its sign"},
    Method{"ceil", 1, 1, of_real<std::ceil>, "the next whole number up"},
    Method{"cbrt", 1, 1, of_real<std::cbrt>, "the cube root"},
    Method{"cos", 1, 1, of_real<std::cos>, "the cosine"},
    Method{"exp", 1, 1, of_real<std::exp>, "the exponential"},
    Method{"floor", 1, 1, of_real<std::floor>, "the next whole number down"},
    Method{"floorDiv", 2, 2,
           [](Call call) {
             return Value::number(
                 static_cast<std::int64_t>(std::floor(real(call, 0) / real(call, 1))));
           },
           "the quotient rounded down"},
    Method{"floorMod", 2, 2,
           [](Call call) {
             const std::int64_t divisor = integer_argument(call, 1);
             if (divisor == 0) throw script_error("ArithmeticException", "/ by zero");
             return Value::number(((integer_argument(call, 0) % divisor) + divisor) % divisor);
           },
           "the remainder with the sign of the divisor"},
    Method{"hypot", 2, 2,
           [](Call call) { return Value::real(std::hypot(real(call, 0), real(call, 1))); },
           "the length of the diagonal"},
    Method{"log", 1, 1, of_real<std::log>, "the natural logarithm"},
    Method{"log10", 1, 1, of_real<std::log10>, "the logarithm of base 10"},
    Method{"max", 2, 2, [](Call call) { return larger(call, 1); }, "the larger of two"},
    Method{"min", 2, 2, [](Call call) { return larger(call, -1); }, "the smaller of two"},
    Method{"pow", 2, 2,
           [](Call call) { return Value::real(std::pow(real(call, 0), real(call, 1))); },
           "the power, as a double"},
    Method{"random", 0, 0, random, "a number from 0 up to but not including 1"},
    Method{"rint", 1, 1, of_real<std::nearbyint>, "the nearest whole number, halves to even"},
    Method{"round", 1, 1,
           [](Call call) {
             return Value::long_integer(to_int64(Value::real(std::floor(real(call) + 0.5))));
           },
           "the nearest whole number"},
    Method{"signum", 1, 1,
           [](Call call) {
             const double value = real(call);
             return Value::real(value > 0 ? 1.0 : (value < 0 ? -1.0 : 0.0));
           },
           "the sign"},
    Method{"sin", 1, 1, of_real<std::sin>, "the sine"},
    Method{"sqrt", 1, 1, of_real<std::sqrt>, "the square root"},
    Method{"tan", 1, 1, of_real<std::tan>, "the tangent"},
    Method{"toIntExact", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Integer"); },
           "as an Integer"},
};

Value parsed_integer(Call call, int bits) {
  const int radix = static_cast<int>(integer_argument(call, 1, 10));
  const std::string text = text_argument(call, 0);
  if (radix < 2 || radix > 36)
    throw script_error("NumberFormatException",
                       "radix " + std::to_string(radix) + " is not between 2 and 36");
  const std::optional<std::int64_t> number = parse_java_integer(text, bits, radix);
  if (!number) throw script_error("NumberFormatException", "For input string: \"" + text + "\"");
  return bits == 32 ? Value::integer(static_cast<std::int32_t>(*number))
                    : Value::long_integer(*number);
}

Value integer_value_of(Call call, int bits) {
  if (call[0].is_string()) return parsed_integer(call, bits);
  return cast(call.interpreter, call[0], bits == 32 ? "Integer" : "Long");
}

Value in_radix(Call call, int radix) {
  const bool narrow = call[0].kind() == Kind::integer;
  const std::uint64_t bits = narrow ? static_cast<std::uint32_t>(call[0].as_int64())
                                    : static_cast<std::uint64_t>(integer_argument(call, 0));
  if (radix == 2) return Value::string(fmt::format("{:b}", bits));
  return Value::string(radix == 8 ? fmt::format("{:o}", bits) : fmt::format("{:x}", bits));
}

Value integer_text(Call call) {
  return Value::string(
      to_big_integer(call[0]).to_string(static_cast<int>(integer_argument(call, 1, 10))));
}

Value compared(Call call) {
  return Value::integer(compare(call[0], call[1]));
}

constexpr std::array k_integer = {
    Method{"bitCount", 1, 1,
           [](Call call) {
             return Value::integer(
                 __builtin_popcountll(call[0].kind() == Kind::integer
                                          ? static_cast<std::uint32_t>(call[0].as_int64())
                                          : static_cast<std::uint64_t>(integer_argument(call, 0))));
           },
           "number of bits that are set"},
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"max", 2, 2, [](Call call) { return larger(call, 1); }, "the larger of two"},
    Method{"min", 2, 2, [](Call call) { return larger(call, -1); }, "the smaller of two"},
    Method{"parseInt", 1, 2, [](Call call) { return parsed_integer(call, 32); },
           "reads a number of a radix"},
    Method{"signum", 1, 1, [](Call call) { return Value::integer(to_decimal(call[0]).sign()); },
           "-1, 0 or 1"},
    Method{"sum", 2, 2, [](Call call) { return add_numbers(call[0], call[1]); }, "the sum"},
    Method{"toBinaryString", 1, 1, [](Call call) { return in_radix(call, 2); }, "as binary digits"},
    Method{"toHexString", 1, 1, [](Call call) { return in_radix(call, 16); },
           "as hexadecimal digits"},
    Method{"toOctalString", 1, 1, [](Call call) { return in_radix(call, 8); }, "as octal digits"},
    Method{"toString", 1, 2, integer_text, "as text, in a radix"},
    Method{"valueOf", 1, 2, [](Call call) { return integer_value_of(call, 32); }, "as an Integer"},
};

constexpr std::array k_long = {
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"max", 2, 2, [](Call call) { return larger(call, 1); }, "the larger of two"},
    Method{"min", 2, 2, [](Call call) { return larger(call, -1); }, "the smaller of two"},
    Method{"parseLong", 1, 2, [](Call call) { return parsed_integer(call, 64); },
           "reads a number of a radix"},
    Method{"toBinaryString", 1, 1, [](Call call) { return in_radix(call, 2); }, "as binary digits"},
    Method{"toHexString", 1, 1, [](Call call) { return in_radix(call, 16); },
           "as hexadecimal digits"},
    Method{"toString", 1, 2, integer_text, "as text, in a radix"},
    Method{"valueOf", 1, 2, [](Call call) { return integer_value_of(call, 64); }, "as a Long"},
};

constexpr std::array k_double = {
    Method{"compare", 2, 2, compared, "-1, 0 or 1"},
    Method{"isInfinite", 1, 1, [](Call call) { return Value::boolean(std::isinf(real(call))); },
           "whether it is infinite"},
    Method{"isNaN", 1, 1, [](Call call) { return Value::boolean(std::isnan(real(call))); },
           "whether it is no number"},
    Method{"parseDouble", 1, 1,
           [](Call call) {
             return cast(call.interpreter, Value::string(text_argument(call, 0)), "Double");
           },
           "reads a double"},
    Method{"parseFloat", 1, 1,
           [](Call call) {
             return cast(call.interpreter, Value::string(text_argument(call, 0)), "Float");
           },
           "reads a float"},
    Method{"toString", 1, 1, [](Call call) { return Value::string(double_text(real(call))); },
           "as text"},
    Method{"valueOf", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Double"); },
           "as a Double"},
};

Value parse_boolean(Call call) {
  if (call[0].kind() == Kind::boolean) return call[0];
  const std::string text = to_text(call[0]);
  return Value::boolean(
      text.size() == 4 &&
      equals(call.interpreter.call_method(Value::string(std::string_view(text)), "toLowerCase"),
             Value::string("true")));
}

constexpr std::array k_boolean = {
    Method{"parseBoolean", 1, 1, parse_boolean, "whether the text is 'true', regardless of case"},
    Method{"valueOf", 1, 1, parse_boolean, "whether the text is 'true', regardless of case"},
};

Value join_texts(Call call) {
  const bool one_list = call.size() == 2 && is_collection(call[1]);
  const std::vector<Value> parts =
      one_list ? elements_of(call[1])
               : std::vector<Value>(call.arguments.begin() + 1, call.arguments.end());
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += (i == 0 ? "" : to_text(call[0])) + to_text(parts[i]);
  return Value::string(std::move(text));
}

constexpr std::array k_string = {
    Method{"format", 1, -1,
           [](Call call) {
             return Value::string(format_text(text_argument(call, 0), call.arguments.subspan(1)));
           },
           "fills the placeholders of a format"},
    Method{"join", 2, -1, join_texts, "texts with a separator between them"},
    Method{"valueOf", 1, 1, [](Call call) { return Value::string(to_text(call[0])); }, "as text"},
};

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
  for (const std::string_view name : {"user.dir", "user.home", "user.name", "java.io.tmpdir", "os.name",
                                      "line.separator", "file.separator"}) {
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

/// Calls a method of the first argument: `Collections.max(list)` is `list.max()`.
Value of_first(Call call, std::string_view method) {
  require_value(call[0], "the argument");
  return call.interpreter.call_method(call[0], method,
                                      Arguments{call.arguments.subspan(1), nullptr});
}

Value shuffle(Call call) {
  ListObject* const list = call[0].as<ListObject>();
  if (list == nullptr)
    throw script_error("IllegalArgumentException", "only a list can be shuffled");
  for (std::size_t i = list->items.size(); i > 1; --i) {
    std::swap(list->items[i - 1], list->items[call.interpreter.host().random_bits() % i]);
  }
  return {};
}

constexpr std::array k_collections = {
    Method{"emptyList", 0, 0, [](Call) { return make_list({}); }, "an empty list"},
    Method{"emptyMap", 0, 0, [](Call) { return Value(make<MapObject>()); }, "an empty map"},
    Method{"emptySet", 0, 0, [](Call) { return make_set({}); }, "an empty set"},
    Method{"frequency", 2, 2, [](Call call) { return of_first(call, "count"); },
           "how often an element occurs"},
    Method{"max", 1, 2, [](Call call) { return of_first(call, "max"); }, "the largest element"},
    Method{"min", 1, 2, [](Call call) { return of_first(call, "min"); }, "the smallest element"},
    Method{"nCopies", 2, 2,
           [](Call call) { return multiply(call.interpreter, make_list({call[1]}), call[0]); },
           "a list of one element repeated"},
    Method{
        "reverse", 1, 1,
        [](Call call) {
          const Value yes = Value::boolean(true);
          call.interpreter.call_method(call[0], "reverse", Arguments{std::span(&yes, 1), nullptr});
          return Value();
        },
        "reverses the list in place"},
    Method{"shuffle", 1, 2, shuffle, "brings the list into random order"},
    Method{"singletonList", 1, 1, [](Call call) { return make_list({call[0]}); },
           "a list of one element"},
    Method{"sort", 1, 2,
           [](Call call) {
             of_first(call, "sort");
             return Value();
           },
           "sorts the list in place"},
    Method{"unmodifiableList", 1, 1, [](Call call) { return of_first(call, "asImmutable"); },
           "a copy that refuses changes"},
    Method{"unmodifiableMap", 1, 1, [](Call call) { return of_first(call, "asImmutable"); },
           "a copy that refuses changes"},
};

Value as_list(Call call) {
  if (call.size() == 1 && is_collection(call[0])) return make_list(elements_of(call[0]));
  return make_list({call.arguments.begin(), call.arguments.end()});
}

constexpr std::array k_arrays = {
    Method{"asList", 0, -1, as_list, "a list of the arguments"},
    Method{"sort", 1, 1,
           [](Call call) {
             of_first(call, "sort");
             return Value();
           },
           "sorts in place"},
    Method{"stream", 1, 1, [](Call call) { return call[0]; }, "the list"},
    Method{"toString", 1, 1, [](Call call) { return Value::string(to_text(call[0])); }, "as text"},
};

Value map_of(Call call) {
  const Ref<MapObject> map = make<MapObject>();
  for (std::size_t i = 0; i + 1 < call.size(); i += 2) map->items.put(call[i], call[i + 1]);
  return map;
}

constexpr std::array k_list = {
    Method{"of", 0, -1,
           [](Call call) {
             return make_list({call.arguments.begin(), call.arguments.end()});
           },
           "a list of the arguments"}};
constexpr std::array k_set = {
    Method{"of", 0, -1,
           [](Call call) {
             return make_set({call.arguments.begin(), call.arguments.end()});
           },
           "a set of the arguments"}};
constexpr std::array k_map = {Method{"of", 0, -1, map_of, "a map of keys and values in turn"}};

constexpr std::array k_objects = {
    Method{"equals", 2, 2, [](Call call) { return Value::boolean(equal_keys(call[0], call[1])); },
           "whether both are equal or null"},
    Method{"hash", 0, -1,
           [](Call call) {
             return Value::integer(
                 java_hash(make_list({call.arguments.begin(), call.arguments.end()})));
           },
           "a common hash"},
    Method{"isNull", 1, 1, [](Call call) { return Value::boolean(call[0].is_null()); },
           "whether it is null"},
    Method{"nonNull", 1, 1, [](Call call) { return Value::boolean(!call[0].is_null()); },
           "whether it is not null"},
    Method{"requireNonNull", 1, 2,
           [](Call call) {
             require_value(call[0], call.has(1) ? to_text(call[1]) : "the value");
             return call[0];
           },
           "the value, which must not be null"},
    Method{"toString", 1, 2,
           [](Call call) {
             return call[0].is_null() && call.has(1) ? call[1] : Value::string(to_text(call[0]));
           },
           "as text"},
};

Value path_of(Call call) {
  Value path = parse_path(text_argument(call, 0));
  for (std::size_t i = 1; i < call.size(); ++i)
    path = resolve_path(path.get<PathObject>(), text_argument(call, i));
  return path;
}

constexpr std::array k_path = {
    Method{"get", 1, -1, path_of, "a path of names"},
    Method{"of", 1, -1, path_of, "a path of names"},
};

constexpr std::array k_files = {
    Method{"copy", 2, 3,
           [](Call call) {
             const Value target = call[1];
             return call.interpreter.call_method(call[0], "copyTo",
                                                 Arguments{std::span(&target, 1), nullptr});
           },
           "copies a file"},
    Method{"createDirectories", 1, 1,
           [](Call call) {
             of_first(call, "mkdirs");
             return call[0];
           },
           "makes a folder and those above it"},
    Method{"createDirectory", 1, 1,
           [](Call call) {
             of_first(call, "mkdir");
             return call[0];
           },
           "makes a folder"},
    Method{"delete", 1, 1,
           [](Call call) {
             of_first(call, "delete");
             return Value();
           },
           "removes a file"},
    Method{"deleteIfExists", 1, 1, [](Call call) { return of_first(call, "delete"); },
           "removes a file"},
    Method{"exists", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "exists"); },
           "whether there is such a file"},
    Method{"isDirectory", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "isDirectory"); },
           "whether it is a folder"},
    Method{"isRegularFile", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "isFile"); },
           "whether it is a regular file"},
    Method{"isSymbolicLink", 1, 1,
           [](Call call) { return call.interpreter.call_method(call[0], "isLink"); },
           "whether it is a symbolic link"},
    Method{"move", 2, 3,
           [](Call call) {
             const Value target = call[1];
             return call.interpreter.call_method(call[0], "moveTo",
                                                 Arguments{std::span(&target, 1), nullptr});
           },
           "moves a file"},
    Method{"readAllLines", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "readLines"); },
           "the lines of a file"},
    Method{"readString", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "getText"); },
           "the content of a file"},
    Method{"size", 1, 1, [](Call call) { return of_first(call, "size"); }, "size in bytes"},
    Method{
        "writeString", 2, 3,
        [](Call call) {
          const Value text = call[1];
          call.interpreter.call_method(call[0], "setText", Arguments{std::span(&text, 1), nullptr});
          return call[0];
        },
        "replaces the content of a file"},
};

constexpr std::array k_files_ex = {
    Method{"copyTo", 2, 2, [](Call call) { return of_first(call, "copyTo"); }, "copies a file"},
    Method{"getBaseName", 1, 1, [](Call call) { return of_first(call, "getBaseName"); },
           "the name without its last suffix"},
    Method{"getSimpleName", 1, 1, [](Call call) { return of_first(call, "getSimpleName"); },
           "the name without any suffix"},
    Method{"mkdirs", 1, 1, [](Call call) { return of_first(call, "mkdirs"); },
           "makes a folder and those above it"},
};

constexpr std::array k_pattern = {
    Method{"compile", 1, 2,
           [](Call call) {
             return Value(make_pattern(text_argument(call, 0),
                                       static_cast<std::int32_t>(integer_argument(call, 1, 0))));
           },
           "a pattern, with flags"},
    Method{"matches", 2, 2,
           [](Call call) {
             return Value::boolean(
                 matches_fully(*make_pattern(text_argument(call, 0)), text_argument(call, 1)));
           },
           "whether a pattern matches the whole text"},
    Method{"quote", 1, 1,
           [](Call call) { return Value::string(quote_pattern(text_argument(call, 0))); },
           "a pattern for exactly this text"},
};

constexpr std::array k_matcher = {
    Method{"quoteReplacement", 1, 1,
           [](Call call) { return Value::string(quote_replacement(text_argument(call, 0))); },
           "a replacement text without special signs"},
};

constexpr std::array k_duration = {
    Method{"between", 2, 2,
           [](Call call) {
             const DateObject* const from = call[0].as<DateObject>();
             const DateObject* const to = call[1].as<DateObject>();
             if (from == nullptr || to == nullptr)
               throw script_error("IllegalArgumentException", "Duration.between needs two dates");
             return Value::duration(
                 std::max<std::int64_t>(0, to->epoch_millis - from->epoch_millis));
           },
           "the time from one date to another"},
    Method{"of", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Duration"); },
           "as a duration"},
};

constexpr std::array k_memory = {
    Method{"of", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "MemoryUnit"); },
           "as a memory size"},
};

Value now(Call call, DateObject::Flavour flavour) {
  return make<DateObject>(call.interpreter.host().now_millis(), flavour);
}

Value parse_iso(Call call, DateObject::Flavour flavour) {
  std::int32_t offset = 0;
  const std::string text = text_argument(call, 0);
  const std::optional<std::int64_t> millis =
      call.has(1) ? parse_date(text, text_argument(call, 1)) : parse_iso_date(text, offset);
  if (!millis)
    throw script_error("DateTimeParseException", "Text '" + text + "' could not be parsed");
  return make<DateObject>(*millis, flavour, offset);
}

template <DateObject::Flavour flavour>
constexpr std::array k_time = {
    Method{"now", 0, 1, [](Call call) { return now(call, flavour); }, "the present time, in UTC"},
    Method{"ofEpochMilli", 1, 1,
           [](Call call) { return Value(make<DateObject>(integer_argument(call, 0), flavour)); },
           "from milliseconds since 1970"},
    Method{"ofEpochSecond", 1, 1,
           [](Call call) {
             return Value(make<DateObject>(integer_argument(call, 0) * 1000, flavour));
           },
           "from seconds since 1970"},
    Method{"parse", 1, 2, [](Call call) { return parse_iso(call, flavour); },
           "reads an ISO 8601 date"},
};

constexpr std::array k_date_format = {
    Method{"ofPattern", 1, 2, [](Call call) { return call[0]; }, "a date pattern"},
};

constexpr std::array k_date = {
    Method{"parse", 2, 2,
           [](Call call) {
             const std::optional<std::int64_t> millis =
                 parse_date(text_argument(call, 1), text_argument(call, 0));
             if (!millis)
               throw script_error("ParseException",
                                  "Unparseable date: \"" + text_argument(call, 1) + "\"");
             return Value(make<DateObject>(*millis, DateObject::Flavour::date));
           },
           "reads a date by a pattern"},
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

constexpr std::array k_uuid = {Method{"randomUUID", 0, 0, random_uuid, "a random identifier"}};

constexpr std::array k_json_output = {
    Method{"prettyPrint", 1, 1,
           [](Call call) {
             return Value::string(
                 to_json(parse_json(text_argument(call, 0)), JsonLayout::indented));
           },
           "JSON with line breaks and indents"},
    Method{"toJson", 1, 1,
           [](Call call) { return Value::string(to_json(call[0], JsonLayout::compact)); },
           "a value as JSON"},
};

constexpr std::array k_url_encoder = {Method{
    "encode", 1, 2, [](Call call) { return Value::string(url_encode(text_argument(call, 0))); },
    "a text for a URL"}};
constexpr std::array k_url_decoder = {Method{
    "decode", 1, 2, [](Call call) { return Value::string(url_decode(text_argument(call, 0))); },
    "the text behind a URL's"}};

constexpr std::array k_thread = {
    Method{"sleep", 1, 1,
           [](Call call) {
             call.interpreter.host().sleep_millis(integer_argument(call, 0));
             return Value();
           },
           "waits for some milliseconds"},
};

constexpr std::array k_character = {
    Method{"isDigit", 1, 1,
           [](Call call) {
             const std::string text = to_text(call[0]);
             return Value::boolean(text.size() == 1 && text[0] >= '0' && text[0] <= '9');
           },
           "whether it is a digit"},
    Method{"isLetter", 1, 1,
           [](Call call) {
             return Value::boolean(matches_fully(*make_pattern("\\p{L}"), to_text(call[0])));
           },
           "whether it is a letter"},
    Method{"isUpperCase", 1, 1,
           [](Call call) {
             return Value::boolean(matches_fully(*make_pattern("\\p{Lu}"), to_text(call[0])));
           },
           "whether it is an upper-case letter"},
    Method{"isWhitespace", 1, 1,
           [](Call call) {
             return Value::boolean(matches_fully(*make_pattern("\\s"), to_text(call[0])));
           },
           "whether it is white space"},
};

struct ClassRow {
  std::string_view name;
  MethodTable methods;
};

constexpr std::array k_classes = {
    ClassRow{"Math", k_math},
    ClassRow{"Integer", k_integer},
    ClassRow{"Long", k_long},
    ClassRow{"Double", k_double},
    ClassRow{"Float", k_double},
    ClassRow{"Boolean", k_boolean},
    ClassRow{"Character", k_character},
    ClassRow{"String", k_string},
    ClassRow{"System", k_system},
    ClassRow{"Thread", k_thread},
    ClassRow{"Collections", k_collections},
    ClassRow{"Arrays", k_arrays},
    ClassRow{"List", k_list},
    ClassRow{"Set", k_set},
    ClassRow{"Map", k_map},
    ClassRow{"Objects", k_objects},
    ClassRow{"Path", k_path},
    ClassRow{"Paths", k_path},
    ClassRow{"Files", k_files},
    ClassRow{"FilesEx", k_files_ex},
    ClassRow{"Pattern", k_pattern},
    ClassRow{"Matcher", k_matcher},
    ClassRow{"Duration", k_duration},
    ClassRow{"MemoryUnit", k_memory},
    ClassRow{"Instant", k_time<DateObject::Flavour::instant>},
    ClassRow{"OffsetDateTime", k_time<DateObject::Flavour::offset_date_time>},
    ClassRow{"ZonedDateTime", k_time<DateObject::Flavour::offset_date_time>},
    ClassRow{"LocalDateTime", k_time<DateObject::Flavour::local_date_time>},
    ClassRow{"LocalDate", k_time<DateObject::Flavour::local_date>},
    ClassRow{"DateTimeFormatter", k_date_format},
    ClassRow{"Date", k_date},
    ClassRow{"UUID", k_uuid},
    ClassRow{"JsonOutput", k_json_output},
    ClassRow{"URLEncoder", k_url_encoder},
    ClassRow{"URLDecoder", k_url_decoder},
};

}  // namespace

MethodTable static_methods(std::string_view class_name) {
  const std::string_view simple = simple_class_name(class_name);
  for (const ClassRow& row : k_classes) {
    if (row.name == simple) return row.methods;
  }
  return shim_static_methods(simple);
}

std::optional<Value> static_field(std::string_view class_name, std::string_view name) {
  const std::string_view type = simple_class_name(class_name);
  if (type == "Integer" && name == "MAX_VALUE")
    return Value::integer(std::numeric_limits<std::int32_t>::max());
  if (type == "Integer" && name == "MIN_VALUE")
    return Value::integer(std::numeric_limits<std::int32_t>::min());
  if (type == "Long" && name == "MAX_VALUE")
    return Value::long_integer(std::numeric_limits<std::int64_t>::max());
  if (type == "Long" && name == "MIN_VALUE")
    return Value::long_integer(std::numeric_limits<std::int64_t>::min());
  if (type == "Double" && name == "MAX_VALUE")
    return Value::real(std::numeric_limits<double>::max());
  if (type == "Double" && name == "MIN_VALUE")
    return Value::real(std::numeric_limits<double>::denorm_min());
  if (type == "Double" && name == "NaN")
    return Value::real(std::numeric_limits<double>::quiet_NaN());
  if (type == "Double" && name == "POSITIVE_INFINITY")
    return Value::real(std::numeric_limits<double>::infinity());
  if (type == "Double" && name == "NEGATIVE_INFINITY")
    return Value::real(-std::numeric_limits<double>::infinity());
  if (type == "Boolean" && name == "TRUE") return Value::boolean(true);
  if (type == "Boolean" && name == "FALSE") return Value::boolean(false);
  if (type == "Math" && name == "PI") return Value::real(3.141592653589793);
  if (type == "Math" && name == "E") return Value::real(2.718281828459045);
  if (type == "MemoryUnit" && name == "ZERO") return Value::memory(0);
  if (type == "BigDecimal" && name == "ZERO") return make_decimal(Decimal(BigInteger(0)));
  if (type == "BigDecimal" && name == "ONE") return make_decimal(Decimal(BigInteger(1)));
  if (type == "Pattern" && name == "CASE_INSENSITIVE") return Value::integer(k_case_insensitive);
  if (type == "Pattern" && name == "MULTILINE") return Value::integer(k_multi_line);
  if (type == "Pattern" && name == "DOTALL") return Value::integer(k_dot_all);
  if (type == "File" && name == "separator") return Value::string("/");
  if (type == "RoundingMode" || type == "StandardCopyOption" || type == "LinkOption" ||
      type == "FileType" || type == "StandardCharsets" || type == "Locale" || type == "TimeUnit" ||
      type == "ChronoUnit" || type == "ZoneOffset") {
    return Value(make<EnumConstantObject>(std::string(type), std::string(name), 0));
  }
  return std::nullopt;
}

}  // namespace weir::lang
