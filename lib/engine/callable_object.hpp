#pragma once

#include "engine/wiring.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::engine {

/// The name of a process or workflow as a script uses it: can be called once, piped, forked with
/// `&`, and asked for its outputs by `.out`.
class CallableObject final : public lang::NativeObject {
 public:
  using Call = std::function<lang::Value(const std::vector<lang::Value>& arguments)>;
  /// `kind`: "process" or "workflow", for messages.
  CallableObject(dataflow::Flow& flow, std::string kind, std::string name, Call call)
      : flow_(flow), kind_(std::move(kind)), name_(std::move(name)), call_(std::move(call)) {}

  [[nodiscard]] std::string_view type_name() const override { return kind_; }
  [[nodiscard]] std::optional<lang::Value> property(lang::Interpreter& interpreter,
                                                    std::string_view name) override;
  [[nodiscard]] std::optional<lang::Value> call(lang::Interpreter& interpreter,
                                                const lang::Arguments& arguments) override;
  [[nodiscard]] std::optional<lang::Value> call_method(lang::Interpreter& interpreter,
                                                       std::string_view name,
                                                       const lang::Arguments& arguments) override;
  [[nodiscard]] std::optional<lang::Value> apply(lang::Interpreter& interpreter,
                                                 lang::NativeOperator op, const lang::Value& other,
                                                 bool is_right) override;
  [[nodiscard]] std::vector<std::string> names() const override { return {"out"}; }

  /// Calls it. Throws Error (input) when it was called before in this workflow.
  [[nodiscard]] lang::Value invoke(const std::vector<lang::Value>& arguments);

 private:
  dataflow::Flow& flow_;
  std::string kind_;
  std::string name_;
  Call call_;
  bool called_ = false;
  lang::Value outputs_;
};

/// `(A & B)` with processes that are not called yet: a pipe into it calls each with the same input.
class ForkObject final : public lang::NativeObject {
 public:
  ForkObject(dataflow::Flow& flow, std::vector<lang::Value> parts)
      : flow_(flow), parts_(std::move(parts)) {}
  [[nodiscard]] std::string_view type_name() const override { return "fork"; }
  [[nodiscard]] std::optional<lang::Value> call(lang::Interpreter& interpreter,
                                                const lang::Arguments& arguments) override;
  [[nodiscard]] std::optional<lang::Value> apply(lang::Interpreter& interpreter,
                                                 lang::NativeOperator op, const lang::Value& other,
                                                 bool is_right) override;
  [[nodiscard]] std::optional<lang::Value> call_method(lang::Interpreter& interpreter,
                                                       std::string_view name,
                                                       const lang::Arguments& arguments) override;
  [[nodiscard]] const std::vector<lang::Value>& parts() const { return parts_; }

 private:
  dataflow::Flow& flow_;
  std::vector<lang::Value> parts_;
};

/// Call arguments with the outputs of processes spread into several.
[[nodiscard]] std::vector<lang::Value> spread_values(std::span<const lang::Value> values);

}  // namespace weir::engine
