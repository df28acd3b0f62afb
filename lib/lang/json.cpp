#include "lang/json.hpp"

#include "lang/dates.hpp"
#include "lang/exceptions.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <fmt/format.h>
#include <cmath>
#include <nlohmann/json.hpp>

namespace weir::lang {
namespace {

constexpr std::size_t k_depth_max = 1'000;

/// Builds values from the parser's events, so that numbers keep their digits.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return put({}); }
  bool boolean(bool value) override { return put(Value::boolean(value)); }
  bool number_integer(number_integer_t value) override { return put(Value::number(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= static_cast<number_unsigned_t>(INT64_MAX))
      return put(Value::number(static_cast<std::int64_t>(value)));
    return put(make<BigIntegerObject>(*BigInteger::parse(std::to_string(value))));
  }
  bool number_float(number_float_t, const string_t& text) override {
    std::optional<Decimal> number = Decimal::parse(text);
    return number ? put(make_decimal(std::move(*number))) : fail("number out of range: " + text);
  }
  bool string(string_t& value) override { return put(Value::string(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(make<MapObject>()); }
  bool key(string_t& value) override {
    keys_.back() = Value::string(std::move(value));
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(make<ListObject>()); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& error) override {
    static_cast<void>(position), static_cast<void>(token);
    std::string text = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    const std::size_t at = text.find("at line");
    return fail(at == std::string::npos ? text : text.substr(at));
  }

  [[nodiscard]] const Value& result() const { return result_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  bool put(Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (ListObject* list = open_.back().as<ListObject>()) {
      list->items.push_back(std::move(value));
    } else {
      open_.back().get<MapObject>().items.put(keys_.back(), std::move(value));
    }
    return true;
  }
  bool open(const Value& container) {
    if (open_.size() >= k_depth_max)
      return fail(fmt::format("nested deeper than {} levels", k_depth_max));
    open_.push_back(container);
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Value done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return put(std::move(done));
  }

  std::vector<Value> open_;
  std::vector<Value> keys_;  ///< the pending key of each open container
  Value result_;
  std::string problem_;
};

/// As groovy.json writes a java.util.Date; the other classes are written as they print.
std::string json_date(const DateObject& date) {
  return date.flavour == DateObject::Flavour::date ? format_date(date, "yyyy-MM-dd'T'HH:mm:ssZ")
                                                   : date_text(date);
}

class Writer {
 public:
  Writer(JsonLayout layout, JsonText text)
      : indented_(layout == JsonLayout::indented), text_kind_(text) {}
  [[nodiscard]] std::string finish() { return std::move(text_); }

  void write(const Value& value, std::size_t depth) {
    if (depth > k_depth_max)
      throw script_error("JsonException", "the value is nested too deeply for JSON");
    switch (value.kind()) {
      case Kind::null: text_ += "null"; return;
      case Kind::boolean: text_ += value.as_boolean() ? "true" : "false"; return;
      case Kind::real:
      case Kind::single:
        if (!std::isfinite(value.as_real()))
          throw script_error(
              "JsonException",
              "Number " + number_text(value) +
                  " can't be serialized as JSON: infinite or NaN are not allowed in JSON.");
        [[fallthrough]];
      case Kind::integer:
      case Kind::long_integer:
      case Kind::big_integer:
      case Kind::decimal: text_ += number_text(value); return;
      case Kind::map:
      case Kind::record: write_map(value.get<MapObject>(), depth); return;
      case Kind::list:
      case Kind::bag:
      case Kind::set:
      case Kind::range: write_list(elements_of(value), depth); return;
      case Kind::memory: write_memory(value.as_int64(), depth); return;
      case Kind::duration: write_duration(value.as_int64(), depth); return;
      case Kind::date: write_text(json_date(value.get<DateObject>())); return;
      default: write_text(to_text(value));
    }
  }

 private:
  void new_line(std::size_t depth) {
    if (indented_) text_.append("\n").append(depth * 4, ' ');
  }

  void write_memory(std::int64_t bytes, std::size_t depth) {
    const Ref<MapObject> sizes = make<MapObject>();
    sizes->items.put("bytes", Value::long_integer(bytes));
    sizes->items.put("giga", Value::long_integer(bytes >> 30));
    sizes->items.put("kilo", Value::long_integer(bytes >> 10));
    sizes->items.put("mega", Value::long_integer(bytes >> 20));
    write_map(*sizes, depth);
  }

  void write_duration(std::int64_t millis, std::size_t depth) {
    constexpr std::int64_t k_second = 1000;
    const Ref<MapObject> times = make<MapObject>();
    times->items.put("durationInMillis", Value::long_integer(millis));
    times->items.put("days", Value::long_integer(millis / (86'400 * k_second)));
    times->items.put("hours", Value::long_integer(millis / (3600 * k_second)));
    times->items.put("millis", Value::long_integer(millis));
    times->items.put("minutes", Value::long_integer(millis / (60 * k_second)));
    times->items.put("seconds", Value::long_integer(millis / k_second));
    write_map(*times, depth);
  }

  void write_map(const MapObject& map, std::size_t depth) {
    text_ += '{';
    bool first = true;
    for (const OrderedTable::Entry& entry : map.items.entries()) {
      if (!first) text_ += ',';
      first = false;
      new_line(depth + 1);
      write_text(to_text(entry.key));
      text_ += indented_ ? ": " : ":";
      write(entry.value, depth + 1);
    }
    if (first) new_line(depth + 1);  // Groovy's pretty print leaves a line in what is empty
    new_line(depth);
    text_ += '}';
  }

  void write_list(const std::vector<Value>& items, std::size_t depth) {
    text_ += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) text_ += ',';
      new_line(depth + 1);
      write(items[i], depth + 1);
    }
    if (items.empty()) new_line(depth + 1);
    new_line(depth);
    text_ += ']';
  }

  void write_text(const std::string& text) {
    text_ += '"';
    if (text_kind_ == JsonText::unicode) {
      for (const char byte : text) write_unit(static_cast<unsigned char>(byte), true);
    } else {
      for (const char16_t unit : to_utf16(text)) write_unit(unit, false);
    }
    text_ += '"';
  }

  /// `is_byte`: of UTF-8, so that what is no ASCII is copied.
  void write_unit(char16_t unit, bool is_byte) {
    switch (unit) {
      case u'"': text_ += "\\\""; return;
      case u'\\': text_ += "\\\\"; return;
      case u'\n': text_ += "\\n"; return;
      case u'\r': text_ += "\\r"; return;
      case u'\t': text_ += "\\t"; return;
      case u'\b': text_ += "\\b"; return;
      case u'\f': text_ += "\\f"; return;
      default: break;
    }
    const bool is_plain = (unit >= 0x20 && unit < 0x7F) || (is_byte && unit > 0x7F);
    if (is_plain) {
      text_ += static_cast<char>(unit);
    } else {
      text_ += fmt::format("\\u{:04x}", static_cast<unsigned>(unit));
    }
  }

  bool indented_;
  JsonText text_kind_;
  std::string text_;
};

}  // namespace

Value parse_json(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    throw script_error("JsonException",
                       "malformed JSON " + (builder.problem().empty() ? "" : builder.problem()));
  }
  return builder.result();
}

std::string to_json(const Value& value, JsonLayout layout, JsonText text) {
  Writer writer(layout, text);
  writer.write(value, 0);
  return writer.finish();
}

}  // namespace weir::lang
