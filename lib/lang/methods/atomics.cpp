#include "lang/callable.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>
#include <string>

// java.util.concurrent.atomic: values that several closures change. Closures run one after the
// other here, so nothing has to be done for that. Declared in shims.hpp.

namespace weir::lang {
namespace {

/// AtomicInteger, AtomicLong, AtomicBoolean and AtomicReference.
class Atomic final : public NativeObject {
 public:
  Atomic(std::string_view type, Value value) : type_(type), value_(std::move(value)) {}
  [[nodiscard]] std::string_view type_name() const override { return type_; }
  [[nodiscard]] std::string to_text() const override { return lang::to_text(value_); }
  [[nodiscard]] std::optional<Value> property(Interpreter&, std::string_view name) override {
    const bool is_plain = name == "plain" || name == "acquire" || name == "opaque";
    return is_plain ? std::optional(value_) : std::nullopt;
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (arguments.named != nullptr) return std::nullopt;
    if (const auto step = step_of(name, arguments)) return stepped(*step);
    switch (arguments.size()) {
      case 0: return without_arguments(interpreter, name);
      case 1: return with_argument(interpreter, name, arguments[0]);
      case 2: return compared(name, arguments);
      default: return std::nullopt;
    }
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"get",
            "set",
            "getAndSet",
            "compareAndSet",
            "updateAndGet",
            "getAndUpdate",
            "incrementAndGet",
            "decrementAndGet",
            "addAndGet",
            "getAndIncrement",
            "getAndDecrement",
            "getAndAdd",
            "intValue",
            "longValue",
            "doubleValue"};
  }

 private:
  struct Step {
    std::int64_t by = 0;
    bool gives_former = false;
  };
  [[nodiscard]] bool is_number_type() const {
    return type_ == "AtomicInteger" || type_ == "AtomicLong";
  }
  [[nodiscard]] Value number(std::int64_t value) const {
    return type_ == "AtomicInteger" ? Value::integer(static_cast<std::int32_t>(value))
                                    : Value::long_integer(value);
  }

  [[nodiscard]] std::optional<Step> step_of(std::string_view name,
                                            const Arguments& arguments) const {
    struct Row {
      std::string_view name;
      Step step;
      bool takes_amount;
    };
    static constexpr std::array k_rows{Row{"incrementAndGet", {1, false}, false},
                                       Row{"decrementAndGet", {-1, false}, false},
                                       Row{"getAndIncrement", {1, true}, false},
                                       Row{"getAndDecrement", {-1, true}, false},
                                       Row{"next", {1, false}, false},
                                       Row{"previous", {-1, false}, false},
                                       Row{"addAndGet", {0, false}, true},
                                       Row{"getAndAdd", {0, true}, true}};
    const auto* const row = std::find_if(k_rows.begin(), k_rows.end(),
                                         [&](const Row& one) { return one.name == name; });
    if (!is_number_type() || row == k_rows.end()) return std::nullopt;
    if (arguments.size() != (row->takes_amount ? 1U : 0U)) return std::nullopt;
    Step step = row->step;
    if (row->takes_amount) step.by = to_int64(arguments[0]);
    return step;
  }

  Value stepped(Step step) {
    const Value former = value_;
    std::int64_t sum = 0;
    static_cast<void>(__builtin_add_overflow(to_int64(former), step.by, &sum));
    value_ = number(sum);
    return step.gives_former ? former : value_;
  }

  std::optional<Value> without_arguments(Interpreter& interpreter, std::string_view name) {
    if (name == "get") return value_;
    const bool is_conversion = name == "intValue" || name == "longValue" || name == "doubleValue";
    if (!is_number_type() || !is_conversion) return std::nullopt;
    return interpreter.call_method(value_, name, {});
  }

  std::optional<Value> with_argument(Interpreter& interpreter, std::string_view name,
                                     const Value& argument) {
    const Value former = value_;
    if (name == "set" || name == "lazySet" || name == "getAndSet") {
      value_ = converted(argument);
      return name == "getAndSet" ? former : Value();
    }
    if (name != "updateAndGet" && name != "getAndUpdate") return std::nullopt;
    value_ = converted(interpreter.call(argument, former));
    return name == "getAndUpdate" ? former : value_;
  }

  std::optional<Value> compared(std::string_view name, const Arguments& arguments) {
    if (name != "compareAndSet") return std::nullopt;
    const bool is_same = equal_keys(value_, converted(arguments[0]));
    if (is_same) value_ = converted(arguments[1]);
    return Value::boolean(is_same);
  }

  [[nodiscard]] Value converted(const Value& value) const {
    if (is_number_type()) return number(to_int64(value));
    return type_ == "AtomicBoolean" ? Value::boolean(lang::truth(value)) : value;
  }

  std::string_view type_;
  Value value_;
};

Value made(const MethodCall& call, std::string_view type, const Value& otherwise) {
  return make<Atomic>(type, call.has(0) ? call[0] : otherwise);
}

}  // namespace

Value new_atomic_integer(const MethodCall& call) {
  return made(call, "AtomicInteger", Value::integer(0));
}
Value new_atomic_long(const MethodCall& call) {
  return made(call, "AtomicLong", Value::long_integer(0));
}
Value new_atomic_boolean(const MethodCall& call) {
  return made(call, "AtomicBoolean", Value::boolean(false));
}
Value new_atomic_reference(const MethodCall& call) {
  return made(call, "AtomicReference", Value());
}

}  // namespace weir::lang
