#include "lang/dates.hpp"
#include "lang/exceptions.hpp"
#include "lang/number_text.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <utility>

// Values as text; declared in semantics.hpp.

namespace weir::lang {
namespace {

/// `java`: as Java's own `toString`, which an entry, a builder and a format call: `{k=v}`.
enum class Style { plain, inspected, java };

/// Writes one value after another into one string.
class Writer {
 public:
  explicit Writer(Style style) : style_(style) {}
  [[nodiscard]] std::string finish() { return std::move(text_); }

  void write(const Value& value) {
    if (++depth_ > k_nesting_max) {
      throw script_error("StackOverflowError", "value is nested too deeply to be printed");
    }
    write_value(value);
    --depth_;
  }

 private:
  void write_value(const Value& value) {
    switch (value.kind()) {
      case Kind::null: text_ += "null"; break;
      case Kind::boolean: text_ += value.as_boolean() ? "true" : "false"; break;
      case Kind::integer:
      case Kind::long_integer:
      case Kind::real:
      case Kind::single:
      case Kind::big_integer:
      case Kind::decimal: text_ += number_text(value); break;
      case Kind::duration: text_ += duration_text(value.as_int64()); break;
      case Kind::memory: text_ += memory_text(value.as_int64()); break;
      case Kind::string: write_string(value.text()); break;
      case Kind::list:
      case Kind::bag:
        if (value.get<ListObject>().is_staged) {
          write_staged(value.get<ListObject>().items);
        } else if (style_ == Style::java && value.kind() == Kind::bag) {
          text_ += inspect(value);  // as upstream's ArrayBag
        } else {
          write_list(value, value.get<ListObject>());
        }
        break;
      case Kind::set: write_keys(value.get<SetObject>()); break;
      case Kind::map:
        write_map(value, value.get<MapObject>(), style_ == Style::java ? k_java_map : k_groovy_map);
        break;
      case Kind::record: write_map(value, value.get<MapObject>(), k_groovy_map); break;
      case Kind::entry: write_entry(value.get<EntryObject>()); break;
      case Kind::range: write_range(value.get<RangeObject>()); break;
      default: write_object(value);
    }
  }

  /// Groovy inspects lists and maps, but leaves an entry to Java.
  void write_entry(const EntryObject& entry) {
    const Style outer = std::exchange(style_, Style::java);
    write(entry.key);
    text_ += '=';
    write(entry.value);
    style_ = outer;
  }

  void write_object(const Value& value) {
    switch (value.kind()) {
      case Kind::closure:
        text_ += fmt::format("Closure@{:x}", static_cast<std::uint32_t>(java_hash(value)));
        break;
      case Kind::path: text_ += value.get<PathObject>().shown(); break;
      case Kind::date: text_ += date_text(value.get<DateObject>()); break;
      case Kind::pattern: text_ += value.get<PatternObject>().source; break;
      case Kind::matcher: write_matcher(value.get<MatcherObject>()); break;
      case Kind::enum_constant: text_ += value.get<EnumConstantObject>().name; break;
      case Kind::exception: write_exception(value.get<ExceptionObject>()); break;
      case Kind::type:
        text_ += "class " + qualified_class_name(value.get<TypeObject>().name);
        break;
      case Kind::version: text_ += value.get<VersionObject>().text; break;
      case Kind::native:
        text_ += static_cast<const NativeObject*>(value.object())->to_text();
        break;
      default: text_ += "?"; break;
    }
  }

  void write_string(const std::string& text) {
    if (style_ != Style::inspected) {
      text_ += text;
      return;
    }
    text_ += '\'';
    for (const char c : text) {
      switch (c) {
        case '\n': text_ += "\\n"; break;
        case '\t': text_ += "\\t"; break;
        case '\r': text_ += "\\r"; break;
        case '\\': text_ += "\\\\"; break;
        case '\'': text_ += "\\'"; break;
        default: text_ += c;
      }
    }
    text_ += '\'';
  }

  void write_list(const Value& container, const ListObject& list) {
    if (!list.is_staged) text_ += '[';
    bool first = true;
    for (const Value& item : list.items) {
      if (!first) text_ += list.is_staged ? " " : ", ";
      first = false;
      if (item.same_as(container)) {
        text_ += "(this Collection)";
      } else {
        write(item);
      }
    }
    if (!list.is_staged) text_ += ']';
  }

  void write_staged(const std::vector<Value>& files) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (i > 0) text_ += ' ';
      write(files[i]);
    }
  }

  void write_keys(const SetObject& set) {
    text_ += '[';
    bool first = true;
    for (const OrderedTable::Entry& entry : set.items.entries()) {
      if (!first) text_ += ", ";
      first = false;
      write(entry.key);
    }
    text_ += ']';
  }

  struct MapSigns {
    std::string_view empty;
    char open;
    char between;
    char close;
  };
  static constexpr MapSigns k_groovy_map{"[:]", '[', ':', ']'};
  static constexpr MapSigns k_java_map{"{}", '{', '=', '}'};

  void write_map(const Value& container, const MapObject& map, const MapSigns& signs) {
    if (map.items.empty()) {
      text_ += signs.empty;
      return;
    }
    text_ += signs.open;
    bool first = true;
    for (const OrderedTable::Entry& entry : map.items.entries()) {
      if (!first) text_ += ", ";
      first = false;
      write(entry.key);
      text_ += signs.between;
      if (entry.value.same_as(container)) {
        text_ += "(this Map)";
      } else {
        write(entry.value);
      }
    }
    text_ += signs.close;
  }

  void write_range(const RangeObject& range) {
    write(range.at(0));
    text_ += range.is_empty || range.open_end ? "..<" : "..";
    if (range.elements == RangeObject::Elements::numbers)
      write(range.end);
    else if (range.open_end)
      write(Value::number(*range.open_end));
    else
      write(range.at(range.is_empty ? 0 : range.size() - 1));
  }

  void write_matcher(const MatcherObject& matcher) {
    text_ += fmt::format("java.util.regex.Matcher[pattern={} region=0,{} lastmatch=]",
                         matcher.pattern->source, size_of(matcher.subject));
  }

  void write_exception(const ExceptionObject& exception) {
    text_ += qualified_exception_name(exception.class_name);
    if (exception.message.is_null()) return;
    text_ += ": ";
    write(exception.message);
  }

  std::string text_;
  Style style_;
  int depth_ = 0;
};

constexpr std::size_t k_short_text_bytes = 120;

}  // namespace

std::string to_text(const Value& value) {
  if (value.is_string()) return value.text();
  Writer writer(Style::plain);
  writer.write(value);
  return writer.finish();
}

std::string java_text(const Value& value) {
  if (value.is_string()) return value.text();
  Writer writer(Style::java);
  writer.write(value);
  return writer.finish();
}

std::string inspect(const Value& value) {
  Writer writer(Style::inspected);
  writer.write(value);
  return writer.finish();
}

std::string to_short_text(const Value& value) {
  return base::printable(to_text(value), k_short_text_bytes);
}

}  // namespace weir::lang
