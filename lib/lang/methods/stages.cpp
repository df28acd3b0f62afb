#include "lang/callable.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>
#include <optional>

// java.util.stream.Stream, whose stages run at once here. Declared in shims.hpp.

namespace weir::lang {
namespace {

/// A stage, as a method of lists.
struct Stage {
  std::string_view name;
  std::string_view of_lists;
  bool goes_on;  ///< it gives a stream, and no result
};
constexpr std::array k_stages{
    Stage{"allMatch", "every", false},   Stage{"anyMatch", "any", false},
    Stage{"boxed", "toList", true},      Stage{"count", "size", false},
    Stage{"distinct", "toUnique", true}, Stage{"filter", "findAll", true},
    Stage{"forEach", "each", false},     Stage{"limit", "take", true},
    Stage{"map", "collect", true},       Stage{"mapToInt", "collect", true},
    Stage{"mapToObj", "collect", true},  Stage{"skip", "drop", true},
    Stage{"sorted", "toSorted", true},
};

class Stream final : public NativeObject {
 public:
  explicit Stream(Value items) : items_(std::move(items)) {}
  [[nodiscard]] std::string_view type_name() const override { return "Stream"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    const auto* const stage = std::find_if(k_stages.begin(), k_stages.end(),
                                           [&](const Stage& one) { return one.name == name; });
    if (stage == k_stages.end()) {
      // What Groovy knows of all iterators, and `toList`, `toArray`, `sum`, `max`.
      if (find_method(items_, name, arguments.size()) == nullptr) return std::nullopt;
      return interpreter.call_method(items_, name, arguments);
    }
    Value result = interpreter.call_method(items_, stage->of_lists, arguments);
    return stage->goes_on ? make_stream(std::move(result)) : std::move(result);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names{"toList", "toArray"};
    for (const Stage& stage : k_stages) names.emplace_back(stage.name);
    return names;
  }

 private:
  Value items_;
};

}  // namespace

Value make_stream(Value items) {
  return make<Stream>(std::move(items));
}

}  // namespace weir::lang
