#pragma once

#include "dataflow/flow.hpp"
#include "lang/callable.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::dataflow {

/// A channel as scripts hold it: its methods are the operators.
class ChannelObject final : public lang::NativeObject {
 public:
  ChannelObject(Flow& flow, Channel& channel) : flow_(flow), channel_(channel) {}
  [[nodiscard]] Channel& channel() const { return channel_; }

  [[nodiscard]] std::string_view type_name() const override;
  [[nodiscard]] bool is_instance_of(std::string_view type) const override;
  [[nodiscard]] std::string to_text() const override;
  [[nodiscard]] std::optional<Value> property(lang::Interpreter& interpreter,
                                              std::string_view name) override;
  [[nodiscard]] std::optional<Value> call_method(lang::Interpreter& interpreter,
                                                 std::string_view name,
                                                 const lang::Arguments& arguments) override;
  [[nodiscard]] std::optional<Value> index(lang::Interpreter& interpreter,
                                           const Value& index) override;
  [[nodiscard]] std::optional<Value> apply(lang::Interpreter& interpreter, lang::NativeOperator op,
                                           const Value& other, bool is_right) override;
  [[nodiscard]] std::vector<std::string> names() const override;

 private:
  Flow& flow_;
  Channel& channel_;
};

/// Several channels in order, some with names: the outputs of a process or workflow, of `branch`,
/// of `(a & b)`.
class ChannelsObject final : public lang::NativeObject {
 public:
  struct Part {
    std::string name;  ///< empty: none
    Value channel;     ///< a ChannelObject
  };
  ChannelsObject(Flow& flow, std::string owner, std::vector<Part> parts)
      : flow_(flow), owner_(std::move(owner)), parts_(std::move(parts)) {}
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }

  [[nodiscard]] std::string_view type_name() const override { return "ChannelOut"; }
  [[nodiscard]] std::optional<Value> property(lang::Interpreter& interpreter,
                                              std::string_view name) override;
  [[nodiscard]] std::optional<Value> call_method(lang::Interpreter& interpreter,
                                                 std::string_view name,
                                                 const lang::Arguments& arguments) override;
  [[nodiscard]] std::optional<Value> index(lang::Interpreter& interpreter,
                                           const Value& index) override;
  [[nodiscard]] std::optional<Value> apply(lang::Interpreter& interpreter, lang::NativeOperator op,
                                           const Value& other, bool is_right) override;
  [[nodiscard]] std::optional<std::vector<Value>> spread_arguments() override;
  [[nodiscard]] std::string to_text() const override;
  /// The outputs.
  [[nodiscard]] std::vector<std::string> names() const override;
  /// The operators.
  [[nodiscard]] std::vector<std::string> method_names() const override;

 private:
  [[nodiscard]] Value only_part(std::string_view wanted) const;

  Flow& flow_;
  std::string owner_;
  std::vector<Part> parts_;
};

/// The value of a channel.
[[nodiscard]] Value channel_value(Flow& flow, Channel& channel);
/// The channel that `value` holds (a ChannelObject, or a ChannelsObject of one part), or nullptr.
[[nodiscard]] Channel* channel_of(const Value& value);
/// As `channel_of`; a plain value becomes a value channel that emits it.
[[nodiscard]] Channel& as_channel(Flow& flow, const Value& value);

}  // namespace weir::dataflow
