#include "lang/methods/classes.hpp"

#include "lang/interpreter.hpp"
#include "lang/matching.hpp"
#include "lang/methods/shims.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>
#include <limits>

// The classes that scripts name, and their constants: `Integer.MAX_VALUE`. Declared in method.hpp.

namespace weir::lang {
namespace {

struct ClassRow {
  std::string_view name;
  MethodTable (*methods)();
};

constexpr std::array k_classes = {
    ClassRow{"Math", math_class},
    ClassRow{"Integer", integer_class},
    ClassRow{"Long", long_class},
    ClassRow{"Double", double_class},
    ClassRow{"Float", float_class},
    ClassRow{"Boolean", boolean_class},
    ClassRow{"Character", character_class},
    ClassRow{"String", string_class},
    ClassRow{"System", system_class},
    ClassRow{"Thread", thread_class},
    ClassRow{"Collections", collections_class},
    ClassRow{"Arrays", arrays_class},
    ClassRow{"List", list_class},
    ClassRow{"Set", set_class},
    ClassRow{"Map", map_class},
    ClassRow{"Objects", objects_class},
    ClassRow{"Path", path_class},
    ClassRow{"Paths", path_class},
    ClassRow{"Files", files_class},
    ClassRow{"FilesEx", files_ex_class},
    ClassRow{"Pattern", pattern_class},
    ClassRow{"Matcher", matcher_class},
    ClassRow{"Duration", duration_class},
    ClassRow{"MemoryUnit", memory_class},
    ClassRow{"Instant", [] { return time_class(DateObject::Flavour::instant); }},
    ClassRow{"OffsetDateTime", [] { return time_class(DateObject::Flavour::offset_date_time); }},
    ClassRow{"ZonedDateTime", [] { return time_class(DateObject::Flavour::offset_date_time); }},
    ClassRow{"LocalDateTime", [] { return time_class(DateObject::Flavour::local_date_time); }},
    ClassRow{"LocalDate", [] { return time_class(DateObject::Flavour::local_date); }},
    ClassRow{"DateTimeFormatter", date_format_class},
    ClassRow{"Date", date_class},
    ClassRow{"UUID", uuid_class},
    ClassRow{"JsonOutput", json_output_class},
    ClassRow{"URLEncoder", url_encoder_class},
    ClassRow{"URLDecoder", url_decoder_class},
};

}  // namespace

Value of_first(const MethodCall& call, std::string_view method) {
  require_value(call[0], "the argument");
  return call.interpreter.call_method(call[0], method,
                                      Arguments{call.arguments.subspan(1), nullptr});
}

MethodTable static_methods(std::string_view class_name) {
  const std::string_view simple = simple_class_name(class_name);
  for (const ClassRow& row : k_classes) {
    if (row.name == simple) return row.methods();
  }
  return shim_static_methods(simple);
}

namespace {

/// The constants of DateTimeFormatter, which is a pattern here.
std::optional<Value> iso_pattern(std::string_view name) {
  struct Row {
    std::string_view name;
    const char* pattern;
  };
  static constexpr std::array k_rows{
      Row{"BASIC_ISO_DATE", "yyyyMMdd"},
      Row{"ISO_DATE", "yyyy-MM-dd"},
      Row{"ISO_LOCAL_DATE", "yyyy-MM-dd"},
      Row{"ISO_TIME", "HH:mm:ss.SSS"},
      Row{"ISO_LOCAL_TIME", "HH:mm:ss.SSS"},
      Row{"ISO_LOCAL_DATE_TIME", "yyyy-MM-dd'T'HH:mm:ss.SSS"},
      Row{"ISO_DATE_TIME", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"},
      Row{"ISO_OFFSET_DATE_TIME", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"},
      Row{"ISO_INSTANT", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"},
  };
  for (const Row& row : k_rows) {
    if (row.name == name) return Value::string(row.pattern);
  }
  return std::nullopt;
}

}  // namespace

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
  if (type == "Float" && name == "MAX_VALUE")
    return Value::single(std::numeric_limits<float>::max());
  if (type == "Float" && name == "MIN_VALUE")
    return Value::single(std::numeric_limits<float>::denorm_min());
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
  if (type == "FileType" && (name == "FILES" || name == "DIRECTORIES" || name == "ANY"))
    return Value::string(name);
  if (type == "Boolean" && name == "TRUE") return Value::boolean(true);
  if (type == "Boolean" && name == "FALSE") return Value::boolean(false);
  if (type == "System" && name == "out") return standard_stream(StandardOutput::out);
  if (type == "System" && name == "err") return standard_stream(StandardOutput::error);
  if (type == "Math" && name == "PI") return Value::real(3.141592653589793);
  if (type == "Math" && name == "E") return Value::real(2.718281828459045);
  if (type == "MemoryUnit" && name == "ZERO") return Value::memory(0);
  if (type == "Byte" && name == "MAX_VALUE") return Value::integer(127);
  if (type == "Byte" && name == "MIN_VALUE") return Value::integer(-128);
  if (type == "Short" && name == "MAX_VALUE") return Value::integer(32767);
  if (type == "Short" && name == "MIN_VALUE") return Value::integer(-32768);
  if (type == "BigInteger" && name == "ZERO") return make<BigIntegerObject>(BigInteger(0));
  if (type == "BigInteger" && name == "ONE") return make<BigIntegerObject>(BigInteger(1));
  if (type == "BigInteger" && name == "TEN") return make<BigIntegerObject>(BigInteger(10));
  if (type == "BigDecimal" && name == "TEN") return make_decimal(Decimal(BigInteger(10)));
  if (type == "BigDecimal" && name == "ZERO") return make_decimal(Decimal(BigInteger(0)));
  if (type == "BigDecimal" && name == "ONE") return make_decimal(Decimal(BigInteger(1)));
  if (type == "Pattern" && name == "CASE_INSENSITIVE") return Value::integer(k_case_insensitive);
  if (type == "Pattern" && name == "MULTILINE") return Value::integer(k_multi_line);
  if (type == "Pattern" && name == "DOTALL") return Value::integer(k_dot_all);
  if (type == "DateTimeFormatter") return iso_pattern(name);
  if (type == "File" && name == "separator") return Value::string("/");
  if (type == "RoundingMode" || type == "StandardCopyOption" || type == "LinkOption" ||
      type == "FileType" || type == "StandardCharsets" || type == "Locale" || type == "TimeUnit" ||
      type == "ChronoUnit" || type == "FormatStyle" || type == "ZoneOffset") {
    return Value(make<EnumConstantObject>(std::string(type), std::string(name), 0));
  }
  return std::nullopt;
}

}  // namespace weir::lang
