#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"
#include "lang/version_number.hpp"

#include <array>

// Methods of every value, and of the small types: closures, exceptions, enum constants, versions,
// classes. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value with(Call call) {
  // The object is the closure's argument; names inside are not looked up in it (strict scripts
  // cannot).
  return call.interpreter.call(call[0], call.self);
}

Value tap(Call call) {
  call.interpreter.call(call[0], call.self);
  return call.self;
}

Value is_in(Call call) {
  return Value::boolean(is_case(call.interpreter, call[0], call.self));
}

Value compare_to(Call call) {
  const int order = compare(call.self, call[0]);
  return Value::integer(order < 0 ? -1 : (order > 0 ? 1 : 0));
}

/// Groovy has an `equals` of its own for lists, sets and maps, which compares elements by value.
Value are_equal(Call call) {
  const bool by_value = is_collection(call.self) || call.self.as<MapObject>() != nullptr;
  return Value::boolean(by_value ? equals(call.self, call[0]) : equal_keys(call.self, call[0]));
}

Value as_type(Call call) {
  const TypeObject* const type = call[0].as<TypeObject>();
  if (type == nullptr) throw script_error("IllegalArgumentException", "asType needs a class");
  return cast(call.interpreter, call.self, type->name);
}

constexpr std::array k_object_methods = {
    Method{"asBoolean", 0, 0, [](Call call) { return Value::boolean(truth(call.self)); },
           "its truth"},
    Method{"asType", 1, 1, as_type, "as another class, like `as`"},
    Method{"compareTo", 1, 1, compare_to, "-1, 0 or 1"},
    Method{"dump", 0, 0,
           [](Call call) {
             return Value::string("<" + qualified_type_name(call.self) + " " + inspect(call.self) +
                                  ">");
           },
           "class and content, for debugging"},
    Method{"equals", 1, 1, are_equal, "equality by Java's rules; of collections and maps as `==`"},
    Method{"getClass", 0, 0,
           [](Call call) { return Value(make<TypeObject>(type_name(call.self))); }, "the class"},
    Method{"hashCode", 0, 0, [](Call call) { return Value::integer(java_hash(call.self)); },
           "Java's hash"},
    Method{"inspect", 0, 0, [](Call call) { return Value::string(inspect(call.self)); },
           "as text, with strings in quotes"},
    Method{"is", 1, 1, [](Call call) { return Value::boolean(call.self.same_as(call[0])); },
           "whether it is the same object"},
    Method{"isCase", 1, 1,
           [](Call call) { return Value::boolean(is_case(call.interpreter, call.self, call[0])); },
           "whether the argument meets this criterion"},
    Method{"isIn", 1, 1, is_in, "whether it is `in` the argument"},
    Method{"tap", 1, 1, tap, "calls the closure with the value; the value"},
    Method{"toString", 0, 0,
           [](Call call) {
             // Groovy writes collections its own way, but has never heard of bags.
             return Value::string(call.self.kind() == Kind::bag ? java_text(call.self)
                                                                : to_text(call.self));
           },
           "as text"},
    Method{"with", 1, 1, with, "calls the closure with the value; its result"},
};

Value closure_call(Call call) {
  return call.interpreter.call(call.self, Arguments{call.arguments, call.named});
}

/// The first (or last) arguments are given now.
Value curry(Call call, bool right) {
  const Value closure = call.self;
  const std::vector<Value> given(call.arguments.begin(), call.arguments.end());
  const int arity = std::max(0, closure_arity(closure) - static_cast<int>(given.size()));
  return make_native_closure(
      arity, [closure, given, right](Interpreter& interpreter, std::span<const Value> values) {
        std::vector<Value> all(values.begin(), values.end());
        all.insert(right ? all.end() : all.begin(), given.begin(), given.end());
        return interpreter.call(closure, all);
      });
}

/// The given values stand from position `n` on.
Value curry_at(Call call) {
  const Value closure = call.self;
  const std::int64_t at = std::max<std::int64_t>(0, integer_argument(call, 0));
  const std::vector<Value> given(call.arguments.begin() + 1, call.arguments.end());
  const int arity = std::max(0, closure_arity(closure) - static_cast<int>(given.size()));
  return make_native_closure(
      arity, [closure, given, at](Interpreter& interpreter, std::span<const Value> values) {
        std::vector<Value> all(values.begin(), values.end());
        const auto place = std::min(at, static_cast<std::int64_t>(all.size()));
        all.insert(all.begin() + place, given.begin(), given.end());
        return interpreter.call(closure, all);
      });
}

Value memoize(Call call) {
  const Value closure = call.self;
  const Ref<MapObject> known = make<MapObject>();
  return make_native_closure(
      closure_arity(closure),
      [closure, known](Interpreter& interpreter, std::span<const Value> values) {
        const Value key = make_list({values.begin(), values.end()});
        if (const Value* const found = known->items.find(key)) return *found;
        Value result = interpreter.call(closure, values);
        known->items.put(key, result);
        return result;
      });
}

Value compose(Call call, BinaryOp op) {
  return apply_binary(call.interpreter, op, call.self, call[0]);
}

constexpr std::array k_closure_methods = {
    Method{"andThen", 1, 1, [](Call call) { return compose(call, BinaryOp::shift_right); },
           "this closure, then the other"},
    Method{"apply", 1, 1, closure_call, "calls the closure"},
    Method{"call", 0, -1, closure_call, "calls the closure"},
    Method{"clone", 0, 0, [](Call call) { return call.self; }, "the closure"},
    Method{"compose", 1, 1, [](Call call) { return compose(call, BinaryOp::shift_left); },
           "the other closure, then this one"},
    Method{"curry", 1, -1, [](Call call) { return curry(call, false); },
           "a closure with its first arguments given"},
    Method{"getMaximumNumberOfParameters", 0, 0,
           [](Call call) { return Value::integer(closure_arity(call.self)); },
           "number of parameters"},
    Method{"memoize", 0, 0, memoize, "a closure that remembers its results"},
    Method{"ncurry", 2, -1, curry_at, "with some arguments given, from a position on"},
    Method{"rcurry", 1, -1, [](Call call) { return curry(call, true); },
           "a closure with its last arguments given"},
    Method{"test", 1, 1, closure_call, "calls the closure"},
};

constexpr std::array k_exception_methods = {
    Method{"getCause", 0, 0, [](Call call) { return call.self.get<ExceptionObject>().cause; },
           "the exception behind it, or null"},
    Method{"getLocalizedMessage", 0, 0,
           [](Call call) { return call.self.get<ExceptionObject>().message; }, "the message"},
    Method{"getMessage", 0, 0, [](Call call) { return call.self.get<ExceptionObject>().message; },
           "the message"},
    Method{"getStackTrace", 0, 0, [](Call) { return make_list({}); },
           "an empty list: calls are shown in error messages"},
    Method{"printStackTrace", 0, 1,
           [](Call call) {
             call.interpreter.host().log(LogLevel::error, to_text(call.self));
             return Value();
           },
           "logs the exception"},
};

const EnumConstantObject& constant_of(Call call) {
  return call.self.get<EnumConstantObject>();
}

constexpr std::array k_enum_methods = {
    Method{"getDeclaringClass", 0, 0,
           [](Call call) { return Value(make<TypeObject>(constant_of(call).type)); }, "the enum"},
    Method{"name", 0, 0, [](Call call) { return Value::string(constant_of(call).name); },
           "the name"},
    Method{"ordinal", 0, 0, [](Call call) { return Value::integer(constant_of(call).ordinal); },
           "the position in the enum"},
};

Value version_piece(Call call, int index) {
  const std::string_view part = version_part(call.self.get<VersionObject>().text, index);
  return part.empty() ? Value() : Value::string(part);
}

constexpr std::array k_version_methods = {
    Method{"getMajor", 0, 0, [](Call call) { return version_piece(call, 0); }, "the first part"},
    Method{"getMinor", 0, 0, [](Call call) { return version_piece(call, 1); }, "the second part"},
    Method{"getPatch", 0, 0, [](Call call) { return version_piece(call, 2); }, "the third part"},
    Method{"matches", 1, 1,
           [](Call call) {
             return Value::boolean(
                 version_matches(call.self.get<VersionObject>().text, text_argument(call, 0)));
           },
           "whether it meets a condition such as '>=23.10'"},
};

constexpr std::array k_type_methods = {
    Method{"getName", 0, 0,
           [](Call call) {
             return Value::string(qualified_class_name(call.self.get<TypeObject>().name));
           },
           "the name with its package"},
    Method{"getSimpleName", 0, 0,
           [](Call call) {
             return Value::string(simple_class_name(call.self.get<TypeObject>().name));
           },
           "the name without its package"},
    Method{"isInstance", 1, 1,
           [](Call call) {
             return Value::boolean(is_instance(call[0], call.self.get<TypeObject>().name));
           },
           "whether a value is of the class"},
};

}  // namespace

MethodTable object_methods() {
  return k_object_methods;
}
MethodTable closure_methods() {
  return k_closure_methods;
}
MethodTable exception_methods() {
  return k_exception_methods;
}
MethodTable enum_methods() {
  return k_enum_methods;
}
MethodTable version_methods() {
  return k_version_methods;
}
MethodTable type_methods() {
  return k_type_methods;
}

}  // namespace weir::lang
