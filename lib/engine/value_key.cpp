#include "engine/value_key.hpp"

#include "engine/service_handle.hpp"
#include "lang/numbers.hpp"
#include "lang/objects.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::Kind;
using lang::Value;

namespace {

void add_list(KeyText& text, const std::vector<Value>& items) {
  text.begin_list();
  for (const Value& item : items) add_value(text, item);
  text.end_list();
}

void add_map(KeyText& text, const lang::MapObject& map) {
  text.begin_unordered();
  for (const auto& entry : map.items.entries()) {
    text.begin_list();
    add_value(text, entry.key);
    add_value(text, entry.value);
    text.end_list();
  }
  text.end_unordered();
}

void add_set(KeyText& text, const std::vector<Value>& items) {
  text.begin_unordered();
  for (const Value& item : items) add_value(text, item);
  text.end_unordered();
}

}  // namespace

void add_value(KeyText& text, const Value& value) {
  switch (value.kind()) {
    case Kind::null: text.add_null(); break;
    case Kind::boolean: text.add_bool(value.as_boolean()); break;
    case Kind::integer: text.add_int(value.as_int64(), 4); break;
    case Kind::long_integer:
    case Kind::duration:
    case Kind::memory: text.add_int(value.as_int64(), 8); break;
    case Kind::real:
    case Kind::single: text.add_double(value.as_real(), 8); break;
    case Kind::decimal:
    case Kind::big_integer: text.add_decimal(lang::number_text(value)); break;
    case Kind::list: add_list(text, value.as<lang::ListObject>()->items); break;
    case Kind::bag:
    case Kind::set: add_set(text, lang::elements_of(value)); break;
    case Kind::range: add_list(text, lang::elements_of(value)); break;
    case Kind::map:
    case Kind::record: add_map(text, *value.as<lang::MapObject>()); break;
    case Kind::path: {
      const auto& path = *value.as<lang::PathObject>();
      if (const auto handle = parse_handle(path.text)) {
        text.add_text(fmt::format("service {} {}", handle->identity, handle->name));
      } else if (path.scheme.empty() && path.text.starts_with('/')) {
        text.add_file(path.text);
      } else {
        text.add_text(path.uri());
      }
      break;
    }
    default: text.add_text(lang::to_text(value)); break;
  }
}

KeyPart value_part(std::string name, const Value& value) {
  KeyText text;
  add_value(text, value);
  return text.finish(std::move(name));
}

}  // namespace weir::engine
