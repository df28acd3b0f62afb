#pragma once

#include "engine/run_context.hpp"
#include "engine/workflow_stats.hpp"
#include "lang/callable.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// What `workflow.*` tells about the run.
struct WorkflowFacts {
  std::string script_file;  ///< absolute
  std::string script_name;
  std::string script_id;  ///< digest of the script's text
  std::string run_name;
  std::string session_id;
  std::string profile;
  std::string container_engine;
  bool resume = false;
  std::int64_t start_ms = 0;
  std::int64_t complete_ms = 0;  ///< 0: still running
  bool success = false;
  int exit_status = -1;  ///< -1: none
  std::string error_message;
  std::string error_report;
  WorkflowStats stats{};
};

/// `workflow` as scripts see it; `workflow.onComplete { }` and `workflow.onComplete = { }` add
/// handlers.
class WorkflowObject final : public lang::NativeObject {
 public:
  WorkflowObject(const RunContext& run, const WorkflowFacts& facts) : run_(run), facts_(facts) {}
  [[nodiscard]] std::string_view type_name() const override { return "WorkflowMetadata"; }
  std::optional<lang::Value> property(lang::Interpreter& interpreter,
                                      std::string_view name) override;
  bool set_property(lang::Interpreter& interpreter, std::string_view name,
                    const lang::Value& value) override;
  std::optional<lang::Value> call_method(lang::Interpreter& interpreter, std::string_view name,
                                         const lang::Arguments& arguments) override;
  [[nodiscard]] std::vector<std::string> names() const override;
  [[nodiscard]] std::string to_text() const override;

  [[nodiscard]] const std::vector<lang::Value>& on_complete() const { return on_complete_; }
  [[nodiscard]] const std::vector<lang::Value>& on_error() const { return on_error_; }

 private:
  [[nodiscard]] std::optional<lang::Value> value_of(std::string_view name) const;

  const RunContext& run_;
  const WorkflowFacts& facts_;
  std::vector<lang::Value> on_complete_;
  std::vector<lang::Value> on_error_;
};

/// `log`: info, warn, error, debug, trace.
[[nodiscard]] lang::Value make_log_object(lang::Host& host);
/// `nextflow`: the version of the language that weir speaks.
[[nodiscard]] lang::Value make_nextflow_object();

inline constexpr std::string_view k_language_version = "26.04.0";

}  // namespace weir::engine
