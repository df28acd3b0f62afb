#pragma once

#include "dataflow/graph.hpp"
#include "lang/callable.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::dataflow {

/// `groupKey(target, size)`: a key that knows how many items its group has. Prints, compares and
/// answers properties and methods as its target does; `groupTuple` sends the group on when it is
/// full.
class GroupKeyObject final : public lang::NativeObject {
 public:
  GroupKeyObject(Value target, std::int64_t size) : target_(std::move(target)), size_(size) {}
  [[nodiscard]] const Value& target() const { return target_; }
  [[nodiscard]] std::int64_t size() const { return size_; }

  [[nodiscard]] std::string_view type_name() const override { return "GroupKey"; }
  [[nodiscard]] std::optional<Value> property(lang::Interpreter& interpreter,
                                              std::string_view name) override;
  [[nodiscard]] std::optional<Value> call_method(lang::Interpreter& interpreter,
                                                 std::string_view name,
                                                 const lang::Arguments& arguments) override;
  [[nodiscard]] std::optional<Value> index(lang::Interpreter& interpreter,
                                           const Value& index) override;
  [[nodiscard]] std::string to_text() const override;
  [[nodiscard]] bool equals(const Value& other) const override;
  [[nodiscard]] std::uint64_t hash() const override;
  [[nodiscard]] const Value* stand_in() const override { return &target_; }

 private:
  Value target_;
  std::int64_t size_;
};

/// The target of a group key; any other value as it is.
[[nodiscard]] Value plain_key(const Value& key);

}  // namespace weir::dataflow
