#include "lang/charsets.hpp"
#include "lang/dates.hpp"
#include "lang/encodings.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/json.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "lang/templates.hpp"
#include "lang/utf16.hpp"

#include <array>

// `new Class(...)` for the classes that scripts use, and the objects behind those that are no
// values of the language. Declared in method.hpp and shims.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// A text that grows; StringBuilder and StringBuffer.
class TextBuilder final : public NativeObject {
 public:
  explicit TextBuilder(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string_view type_name() const override { return "StringBuilder"; }
  [[nodiscard]] std::string to_text() const override { return text_; }
  [[nodiscard]] bool truth() const override { return !text_.empty(); }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if ((name == "append" || name == "leftShift") && arguments.size() == 1) {
      text_ += java_text(arguments[0]);
      return Value(this);
    }
    if (name == "setLength" && arguments.size() == 1 && is_number(arguments[0])) {
      text_.resize(std::min(text_.size(), static_cast<std::size_t>(
                                              std::max<std::int64_t>(0, to_int64(arguments[0])))));
      return Value();
    }
    if (name == "insert" && arguments.size() == 2 && is_number(arguments[0])) {
      text_.insert(place(arguments[0]), java_text(arguments[1]));
      return Value(this);
    }
    if (name == "deleteCharAt" && arguments.size() == 1 && is_number(arguments[0])) {
      erase(place(arguments[0]), place(Value::integer(to_int32(arguments[0]) + 1)));
      return Value(this);
    }
    if (name == "delete" && arguments.size() == 2 && is_number(arguments[0]) &&
        is_number(arguments[1])) {
      erase(place(arguments[0]), place(arguments[1], Past::cut));
      return Value(this);
    }
    if (name == "reverse" && arguments.size() == 0) {
      text_ = reversed(text_);
      return Value(this);
    }
    // Everything else is asked of the text so far.
    return interpreter.call_method(Value::string(std::string_view(text_)), name, arguments);
  }
  [[nodiscard]] std::optional<Value> apply(Interpreter&, NativeOperator op, const Value& other,
                                           bool is_right) override {
    if (op != NativeOperator::left_shift || is_right) return std::nullopt;
    text_ += java_text(other);
    return Value(this);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"append", "delete",    "deleteCharAt", "insert",
            "length", "setLength", "reverse",      "toString"};
  }

 private:
  enum class Past { refuse, cut };

  /// The byte at which a position of the script's stands.
  std::size_t place(const Value& position, Past past = Past::refuse) const {
    const StringObject text(text_);
    const std::int64_t at = to_int64(position);
    if (at >= 0 && at <= length_of(text)) return byte_offset(text, at);
    if (at >= 0 && past == Past::cut) return text_.size();
    throw script_error(
        "StringIndexOutOfBoundsException",
        "index " + std::to_string(at) + ", length " + std::to_string(length_of(text)));
  }
  void erase(std::size_t begin, std::size_t end) {
    if (begin < end) text_.erase(begin, end - begin);
  }

  std::string text_;
};

/// groovy.json.JsonSlurper.
class JsonReader final : public NativeObject {
 public:
  [[nodiscard]] std::string_view type_name() const override { return "JsonSlurper"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (arguments.size() != 1) return std::nullopt;
    if (name == "parseText") {
      const std::string text = arguments[0].is_null() ? std::string() : lang::to_text(arguments[0]);
      if (text.empty())
        throw script_error("IllegalArgumentException", "Text must not be null or empty");
      return parse_json(text);
    }
    if (name != "parse") return std::nullopt;
    const PathObject* const path = arguments[0].as<PathObject>();
    return parse_json(path == nullptr ? lang::to_text(arguments[0])
                                      : interpreter.host().files().read(*path, false));
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {"parseText", "parse"}; }
};

/// groovy.json.JsonBuilder around one value.
class JsonWriter final : public NativeObject {
 public:
  explicit JsonWriter(Value content) : content_(std::move(content)) {}
  [[nodiscard]] std::string_view type_name() const override { return "JsonBuilder"; }
  [[nodiscard]] std::string to_text() const override {
    return to_json(content_, JsonLayout::compact);
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter&, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "toPrettyString") return Value::string(to_json(content_, JsonLayout::indented));
    if (name == "toString") return Value::string(to_text());
    if (name == "getContent") return content_;
    if (name == "call" && arguments.size() == 1) {
      content_ = arguments[0];
      return content_;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Value> call(Interpreter&, const Arguments& arguments) override {
    if (arguments.named != nullptr) content_ = Value(const_cast<MapObject*>(arguments.named));
    if (arguments.size() == 1) content_ = arguments[0];
    return content_;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"toPrettyString", "toString", "getContent"};
  }

 private:
  Value content_;
};

/// java.text.SimpleDateFormat.
class DateFormat final : public NativeObject {
 public:
  explicit DateFormat(std::string pattern) : pattern_(std::move(pattern)) {}
  [[nodiscard]] std::string_view type_name() const override { return "SimpleDateFormat"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter&, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "setTimeZone" || name == "setLenient") return Value();
    if (arguments.size() != 1) return std::nullopt;
    if (name == "format") {
      const DateObject* const date = arguments[0].as<DateObject>();
      if (date == nullptr)
        throw script_error("IllegalArgumentException", "only a date can be formatted");
      return Value::string(format_date(*date, pattern_));
    }
    if (name != "parse") return std::nullopt;
    const std::optional<std::int64_t> millis = parse_date(lang::to_text(arguments[0]), pattern_);
    if (!millis)
      throw script_error("ParseException",
                         "Unparseable date: \"" + lang::to_text(arguments[0]) + "\"");
    return Value(make<DateObject>(*millis, DateObject::Flavour::date));
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {"format", "parse"}; }

 private:
  std::string pattern_;
};

/// A message digest that is fed in pieces; Groovy's `MessageDigest.getInstance('MD5')`.
class DigestObject final : public NativeObject {
 public:
  explicit DigestObject(std::string algorithm) : algorithm_(std::move(algorithm)) {
    check_digest(algorithm_);
  }
  [[nodiscard]] std::string_view type_name() const override { return "MessageDigest"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter&, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "update" && arguments.size() == 1) {
      bytes_ += bytes_of(arguments[0]);
      return Value();
    }
    if (name != "digest" || arguments.size() > 1) return std::nullopt;
    if (arguments.size() == 1) bytes_ += bytes_of(arguments[0]);
    return list_of_bytes(hex_decode(digest_hex(algorithm_, std::exchange(bytes_, {}))));
  }

 private:
  std::string algorithm_;
  std::string bytes_;
};

Value new_list(Call call) {
  return make_list(call.has(0) && !is_number(call[0]) ? elements_of(call[0])
                                                      : std::vector<Value>());
}
Value new_set(Call call) {
  return make_set(call.has(0) && !is_number(call[0]) ? elements_of(call[0]) : std::vector<Value>());
}

Value new_hash_set(Call call) {
  return make_hash_set(call.has(0) && !is_number(call[0]) ? elements_of(call[0])
                                                          : std::vector<Value>());
}

Value new_hash_map(Call call) {
  const MapObject* const given = call.has(0) ? call[0].as<MapObject>() : nullptr;
  const Ref<MapObject> map = make<MapObject>();
  const bool is_copy = given != nullptr && !given->items.empty();
  map->items = is_copy ? OrderedTable::with_buckets(OrderedTable::buckets_for(given->items.size()))
                       : OrderedTable::with_buckets();
  if (given != nullptr)
    for (const OrderedTable::Entry& entry : given->items.entries())
      map->items.put(entry.key, entry.value);
  return map;
}

Value new_map(Call call) {
  const Ref<MapObject> map = make<MapObject>();
  if (call.has(0) && call[0].as<MapObject>() != nullptr)
    map->items = call[0].get<MapObject>().items.with_order(OrderedTable::Order::insertion);
  return map;
}

void refuse_comparator(Call call) {
  if (!call.has(0) || !is_closure(call[0])) return;
  throw script_error("UnsupportedOperationException",
                     "a sorted collection keeps the natural order here; sort it by the closure "
                     "where it is read");
}

Value new_sorted_set(Call call) {
  refuse_comparator(call);
  return cast(call.interpreter, new_set(call), "TreeSet");
}
Value new_sorted_map(Call call) {
  refuse_comparator(call);
  return cast(call.interpreter, new_map(call), "TreeMap");
}

Value new_date(Call call) {
  const std::int64_t millis =
      call.has(0) ? integer_argument(call, 0) : call.interpreter.host().now_millis();
  return make<DateObject>(millis, DateObject::Flavour::date);
}

Value new_file(Call call) {
  const Value path =
      cast(call.interpreter,
           call[0].kind() == Kind::path ? call[0] : Value::string(text_argument(call, 0)), "Path");
  return call.has(1) ? resolve_path(path.get<PathObject>(), text_argument(call, 1)) : path;
}

Value new_decimal(Call call) {
  Value decimal = cast(
      call.interpreter,
      call[0].is_string() || is_number(call[0]) ? call[0] : Value::string(text_argument(call, 0)),
      "BigDecimal");
  return decimal;
}

/// A text, or the bytes of one with their charset.
Value new_text(Call call) {
  if (!call.has(0)) return Value::string("");
  const ListObject* const list = call[0].as<ListObject>();
  if (list == nullptr) return Value::string(to_text(call[0]));
  std::string bytes;
  for (const Value& item : list->items) {
    if (is_number(item))
      bytes += static_cast<char>(static_cast<unsigned char>(to_int64(item)));
    else
      bytes += to_text(item);
  }
  return Value::string(decoded(bytes, call.has(1) ? text_argument(call, 1) : "UTF-8"));
}

Value new_text_builder(Call call) {
  return make<TextBuilder>(call.has(0) && !is_number(call[0]) ? to_text(call[0]) : std::string());
}

Value new_random(Call call) {
  return make_random(call.has(0) ? static_cast<std::uint64_t>(integer_argument(call, 0))
                                 : call.interpreter.host().random_bits());
}

constexpr std::array k_constructors = {
    Method{"ArrayList", 0, 1, new_list, "a list"},
    Method{"AtomicBoolean", 0, 1, new_atomic_boolean, "a truth that closures change"},
    Method{"AtomicInteger", 0, 1, new_atomic_integer, "an integer that closures change"},
    Method{"AtomicLong", 0, 1, new_atomic_long, "a Long that closures change"},
    Method{"AtomicReference", 0, 1, new_atomic_reference, "a value that closures change"},
    Method{"BigDecimal", 1, 1, new_decimal, "a decimal"},
    Method{"BigInteger", 1, 1,
           [](Call call) { return cast(call.interpreter, call[0], "BigInteger"); },
           "a big integer"},
    Method{"BufferedInputStream", 1, 2, new_buffered_stream, "the stream itself"},
    Method{"BufferedReader", 1, 2, new_buffered_reader, "the reader itself"},
    Method{"ConcurrentHashMap", 0, 3, new_hash_map, "a map in the order of hashes"},
    Method{"ConcurrentLinkedQueue", 0, 1, new_list, "a list"},
    Method{"CopyOnWriteArrayList", 0, 1, new_list, "a list"},
    Method{"Date", 0, 1, new_date, "the present time, or a time in milliseconds"},
    Method{"Double", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Double"); },
           "a double"},
    Method{"Duration", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Duration"); },
           "a duration"},
    Method{"File", 1, 2, new_file, "a path"},
    Method{"FileInputStream", 1, 1, [](Call call) { return open_input_stream(new_file(call)); },
           "a stream of a file's bytes"},
    Method{"GStringTemplateEngine", 0, 0, [](Call) { return make_template_engine(); },
           "an engine that fills templates"},
    Method{"GZIPInputStream", 1, 2, new_gzip_stream, "a stream of what a gzip file holds"},
    Method{"HashMap", 0, 1, new_hash_map, "a map in the order of hashes"},
    Method{"HashSet", 0, 1, new_hash_set, "a set in the order of hashes"},
    Method{"InputStreamReader", 1, 2, new_stream_reader, "a reader of a stream's lines"},
    Method{"Integer", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Integer"); },
           "an integer"},
    Method{"JsonBuilder", 0, 1,
           [](Call call) { return Value(make<JsonWriter>(call.has(0) ? call[0] : Value())); },
           "a JSON text of a value"},
    Method{"JsonGenerator.Options", 0, 0, [](Call) { return make_json_options(); },
           "how to write JSON"},
    Method{"JsonSlurper", 0, 0, [](Call) { return Value(make<JsonReader>()); }, "a reader of JSON"},
    Method{"JsonSlurperClassic", 0, 0, [](Call) { return Value(make<JsonReader>()); },
           "a reader of JSON"},
    Method{"LinkedHashMap", 0, 1, new_map, "a map"},
    Method{"LinkedHashSet", 0, 1, new_set, "a set"},
    Method{"LinkedList", 0, 1, new_list, "a list"},
    Method{"Long", 1, 1, [](Call call) { return cast(call.interpreter, call[0], "Long"); },
           "a Long"},
    Method{"MemoryUnit", 1, 1,
           [](Call call) { return cast(call.interpreter, call[0], "MemoryUnit"); },
           "a memory size"},
    Method{"Random", 0, 1, new_random, "a generator of random numbers"},
    Method{"SimpleDateFormat", 1, 2,
           [](Call call) { return Value(make<DateFormat>(text_argument(call, 0))); },
           "a date pattern"},
    Method{"SimpleTemplateEngine", 0, 1, [](Call) { return make_template_engine(); },
           "an engine that fills templates"},
    Method{"StreamingTemplateEngine", 0, 0, [](Call) { return make_template_engine(); },
           "an engine that fills templates"},
    Method{"String", 0, 2, new_text, "a text"},
    Method{"StringBuffer", 0, 1, new_text_builder, "a text that grows"},
    Method{"StringBuilder", 0, 1, new_text_builder, "a text that grows"},
    Method{"TreeMap", 0, 1, new_sorted_map, "a map in the order of its keys"},
    Method{"TreeSet", 0, 1, new_sorted_set, "a set in the order of its elements"},
    Method{"Yaml", 0, 1, [](Call) { return make_yaml(); }, "a reader and writer of YAML"},
    Method{"YamlSlurper", 0, 0, [](Call) { return make_yaml(); }, "a reader of YAML"},
    Method{"YamlBuilder", 0, 0, [](Call) { return make_yaml(); }, "a writer of YAML"},
};

constexpr std::array k_concurrent_map = {
    Method{"newKeySet", 0, 1, new_hash_set, "a set in the order of hashes"},
};

constexpr std::array k_digest = {
    Method{"getInstance", 1, 1,
           [](Call call) { return Value(make<DigestObject>(text_argument(call, 0))); },
           "a digest by the name of its algorithm"},
};

constexpr std::array k_json_generator = {
    Method{"toJson", 1, 1,
           [](Call call) { return Value::string(to_json(call[0], JsonLayout::compact)); },
           "a value as JSON"},
};

}  // namespace

Value make_text_builder() {
  return make<TextBuilder>(std::string());
}

MethodTable constructors() {
  return k_constructors;
}

MethodTable shim_static_methods(std::string_view simple_class_name) {
  if (simple_class_name == "MessageDigest") return k_digest;
  if (simple_class_name == "JsonGenerator") return k_json_generator;
  if (simple_class_name == "ConcurrentHashMap") return k_concurrent_map;
  return {};
}

}  // namespace weir::lang
