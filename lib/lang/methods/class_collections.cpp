#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/classes.hpp"
#include "lang/methods/shims.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <array>

// Functions of Collections, Arrays, List, Set, Map and Objects. Declared in classes.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

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
    Method{"shuffle", 1, 2, [](Call call) { return of_first(call, "shuffle"); },
           "brings the list into random order"},
    Method{"singletonList", 1, 1, [](Call call) { return make_list({call[0]}); },
           "a list of one element"},
    Method{"sort", 1, 2,
           [](Call call) {
             of_first(call, "sort");
             return Value();
           },
           "sorts the list in place"},
    // Closures run one after the other.
    Method{"synchronizedCollection", 1, 1, [](Call call) { return call[0]; }, "the collection"},
    Method{"synchronizedList", 1, 1, [](Call call) { return call[0]; }, "the list"},
    Method{"synchronizedMap", 1, 1, [](Call call) { return call[0]; }, "the map"},
    Method{"synchronizedSet", 1, 1, [](Call call) { return call[0]; }, "the set"},
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
    Method{"stream", 1, 1, [](Call call) { return make_stream(make_list(elements_of(call[0]))); },
           "a stream of the elements"},
    Method{"toString", 1, 1, [](Call call) { return Value::string(java_text(call[0])); },
           "as text"},
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
             return call[0].is_null() && call.has(1) ? call[1] : Value::string(java_text(call[0]));
           },
           "as text"},
};

}  // namespace

MethodTable collections_class() {
  return k_collections;
}
MethodTable arrays_class() {
  return k_arrays;
}
MethodTable list_class() {
  return k_list;
}
MethodTable set_class() {
  return k_set;
}
MethodTable map_class() {
  return k_map;
}
MethodTable objects_class() {
  return k_objects;
}

}  // namespace weir::lang
