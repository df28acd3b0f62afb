#include "lang/callable.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/semantics.hpp"

#include <optional>

// Java's iterators. Declared in shims.hpp.

namespace weir::lang {
namespace {

class IteratorObject final : public NativeObject {
 public:
  explicit IteratorObject(std::vector<Value> items) : items_(std::move(items)) {}
  [[nodiscard]] std::string_view type_name() const override { return "Iterator"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "hasNext" && arguments.size() == 0) return Value::boolean(at_ < items_.size());
    if (name == "next" && arguments.size() == 0) {
      if (at_ == items_.size()) throw script_error("NoSuchElementException", "there is no more");
      return items_[at_++];
    }
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(at_);
    const Value rest = make_list({begin, items_.end()});
    if (find_method(rest, name, arguments.size()) == nullptr) return std::nullopt;
    at_ = items_.size();
    return interpreter.call_method(rest, name, arguments);
  }
  [[nodiscard]] bool truth() const override { return at_ < items_.size(); }
  [[nodiscard]] std::vector<std::string> names() const override { return {"hasNext", "next"}; }

 private:
  const std::vector<Value> items_;
  std::size_t at_ = 0;
};

}  // namespace

Value make_iterator(std::vector<Value> items) {
  return make<IteratorObject>(std::move(items));
}

}  // namespace weir::lang
