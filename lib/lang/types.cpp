#include "lang/exceptions.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>

// Classes of values; declared in semantics.hpp.

namespace weir::lang {
namespace {

struct ClassName {
  std::string_view name;
  std::string_view package;
};

// The classes that scripts can name without a package, and those that values print.
constexpr std::array<ClassName, 54> k_packages = {{{"Integer", "java.lang"},
                                                   {"Long", "java.lang"},
                                                   {"Short", "java.lang"},
                                                   {"Byte", "java.lang"},
                                                   {"Double", "java.lang"},
                                                   {"Float", "java.lang"},
                                                   {"Number", "java.lang"},
                                                   {"Boolean", "java.lang"},
                                                   {"Character", "java.lang"},
                                                   {"String", "java.lang"},
                                                   {"CharSequence", "java.lang"},
                                                   {"Object", "java.lang"},
                                                   {"Math", "java.lang"},
                                                   {"System", "java.lang"},
                                                   {"Iterable", "java.lang"},
                                                   {"Comparable", "java.lang"},
                                                   {"Thread", "java.lang"},
                                                   {"BigDecimal", "java.math"},
                                                   {"BigInteger", "java.math"},
                                                   {"ArrayList", "java.util"},
                                                   {"LinkedList", "java.util"},
                                                   {"LinkedHashMap", "java.util"},
                                                   {"HashMap", "java.util"},
                                                   {"ListWithDefault", "groovy.lang"},
                                                   {"NumberRange", "groovy.lang"},
                                                   {"TreeMap", "java.util"},
                                                   {"LinkedHashSet", "java.util"},
                                                   {"HashSet", "java.util"},
                                                   {"TreeSet", "java.util"},
                                                   {"List", "java.util"},
                                                   {"Map", "java.util"},
                                                   {"Set", "java.util"},
                                                   {"Collection", "java.util"},
                                                   {"Collections", "java.util"},
                                                   {"Arrays", "java.util"},
                                                   {"Date", "java.util"},
                                                   {"UUID", "java.util"},
                                                   {"Random", "java.util"},
                                                   {"Locale", "java.util"},
                                                   {"Pattern", "java.util.regex"},
                                                   {"Matcher", "java.util.regex"},
                                                   {"Path", "java.nio.file"},
                                                   {"Paths", "java.nio.file"},
                                                   {"Files", "java.nio.file"},
                                                   {"File", "java.io"},
                                                   {"OffsetDateTime", "java.time"},
                                                   {"LocalDateTime", "java.time"},
                                                   {"LocalDate", "java.time"},
                                                   {"Instant", "java.time"},
                                                   {"IntRange", "groovy.lang"},
                                                   {"ObjectRange", "groovy.lang"},
                                                   {"Closure", "groovy.lang"},
                                                   {"Duration", "nextflow.util"},
                                                   {"MemoryUnit", "nextflow.util"}}};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The class of a map or a set by its order.
std::string_view class_by_order(const Value& value, std::string_view linked,
                                std::string_view sorted, std::string_view hashed) {
  const OrderedTable& items =
      value.kind() == Kind::set ? value.get<SetObject>().items : value.get<MapObject>().items;
  switch (items.order()) {
    case OrderedTable::Order::insertion: break;
    case OrderedTable::Order::keys: return sorted;
    case OrderedTable::Order::hashes: return hashed;
  }
  return linked;
}

std::string_view set_class(const Value& set) {
  return class_by_order(set, "LinkedHashSet", "TreeSet", "HashSet");
}

std::string_view map_class(const Value& map) {
  return class_by_order(map, "LinkedHashMap", "TreeMap", "HashMap");
}

bool is_map_type(const Value& value, std::string_view type) {
  if (type == "Map" || type == "AbstractMap") return true;
  const std::string_view own = map_class(value);
  if (own == "TreeMap") return type == "TreeMap" || type == "SortedMap";
  return type == own || type == "HashMap";
}

bool is_set_type(const Value& value, std::string_view type) {
  if (type == "Set" || type == "Collection" || type == "Iterable") return true;
  const std::string_view own = set_class(value);
  if (own == "TreeSet") return type == "TreeSet" || type == "SortedSet";
  return type == own || type == "HashSet";
}

std::string_view date_class(DateObject::Flavour flavour) {
  switch (flavour) {
    case DateObject::Flavour::date: return "Date";
    case DateObject::Flavour::instant: return "Instant";
    case DateObject::Flavour::offset_date_time: return "OffsetDateTime";
    case DateObject::Flavour::local_date_time: return "LocalDateTime";
    case DateObject::Flavour::local_date: return "LocalDate";
  }
  return "Date";
}

bool is_collection_type(Kind kind, std::string_view type) {
  static constexpr std::array<std::string_view, 2> k_all = {"Iterable", "Collection"};
  static constexpr std::array<std::string_view, 4> k_list = {"List", "ArrayList", "Tuple",
                                                             "AbstractList"};
  if (is_one_of(type, k_all)) return true;
  if (kind == Kind::bag && type == "Bag") return true;
  if (kind == Kind::range)
    return type == "Range" || type == "IntRange" || type == "ObjectRange" ||
           type == "NumberRange" || type == "List";
  return is_one_of(type, k_list);
}

bool is_number_type(Kind kind, std::string_view type) {
  if (type == "Number" || type == "Comparable") return true;
  switch (kind) {
    case Kind::integer: return type == "Integer" || type == "int";
    // The typed language knows one Integer for both widths; Long is the class that Java names.
    case Kind::long_integer: return type == "Long" || type == "long";
    case Kind::big_integer: return type == "BigInteger";
    case Kind::decimal: return type == "BigDecimal";
    case Kind::single: return type == "Float" || type == "float";
    default: return type == "Double" || type == "double";
  }
}

}  // namespace

std::string_view simple_class_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string qualified_class_name(std::string_view name) {
  if (name.find('.') != std::string_view::npos) return std::string(name);
  for (const ClassName& entry : k_packages) {
    if (entry.name == name) return std::string(entry.package).append(".").append(entry.name);
  }
  return qualified_exception_name(name);
}

std::string type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return "null";
    case Kind::boolean: return "Boolean";
    case Kind::integer: return "Integer";
    case Kind::long_integer: return "Long";
    case Kind::real: return "Double";
    case Kind::single: return "Float";
    case Kind::duration: return "Duration";
    case Kind::memory: return "MemoryUnit";
    case Kind::string: return "String";
    case Kind::big_integer: return "BigInteger";
    case Kind::decimal: return "BigDecimal";
    case Kind::list: {
      const ListObject& list = value.get<ListObject>();
      if (!list.default_value.is_null()) return "ListWithDefault";
      return list.is_tuple ? "Tuple" : "ArrayList";
    }
    case Kind::bag: return "Bag";
    case Kind::set: return std::string(set_class(value));
    case Kind::map: return std::string(map_class(value));
    case Kind::entry: return "Map.Entry";
    case Kind::range:
      switch (value.get<RangeObject>().elements) {
        case RangeObject::Elements::integers: return "IntRange";
        case RangeObject::Elements::letters: return "ObjectRange";
        case RangeObject::Elements::numbers: return "NumberRange";
      }
      break;
    case Kind::closure: return "Closure";
    case Kind::path: return "Path";
    case Kind::date: return std::string(date_class(value.get<DateObject>().flavour));
    case Kind::pattern: return "Pattern";
    case Kind::matcher: return "Matcher";
    case Kind::record: {
      const std::string& name = value.get<MapObject>().record_type;
      return name.empty() ? "Record" : name;
    }
    case Kind::enum_constant: return value.get<EnumConstantObject>().type;
    case Kind::exception: return value.get<ExceptionObject>().class_name;
    case Kind::type: return "Class";
    case Kind::version: return "VersionNumber";
    case Kind::native:
      return std::string(static_cast<const NativeObject*>(value.object())->type_name());
    case Kind::hidden: break;
  }
  return "?";
}

std::string qualified_type_name(const Value& value) {
  return qualified_class_name(type_name(value));
}

bool is_instance(const Value& value, std::string_view qualified) {
  const std::string_view type = simple_class_name(qualified);
  if (value.is_null()) return false;
  if (type == "Object") return true;
  const Kind kind = value.kind();
  switch (kind) {
    case Kind::boolean: return type == "Boolean" || type == "boolean" || type == "Comparable";
    case Kind::integer:
    case Kind::long_integer:
    case Kind::real:
    case Kind::single:
    case Kind::big_integer:
    case Kind::decimal: return is_number_type(kind, type);
    case Kind::string:
      return type == "String" || type == "CharSequence" || type == "Comparable" ||
             type == "GString";
    case Kind::list:
    case Kind::bag:
    case Kind::range: return is_collection_type(kind, type);
    case Kind::set: return is_set_type(value, type);
    case Kind::map: return is_map_type(value, type);
    case Kind::record:
      return type == "Record" || type == "Map" || type == value.get<MapObject>().record_type;
    case Kind::entry: return type == "Entry";
    case Kind::path:
      return type == "Path" || type == "File" || type == "Comparable" || type == "TaskPath";
    case Kind::exception:
      return is_exception_subclass(value.get<ExceptionObject>().class_name, type);
    case Kind::native:
      return static_cast<const NativeObject*>(value.object())->is_instance_of(type);
    case Kind::duration:
    case Kind::memory:
    case Kind::date:
    case Kind::version:
    case Kind::enum_constant: return type == "Comparable" || type == type_name(value);
    default: return type == type_name(value);
  }
}

}  // namespace weir::lang
