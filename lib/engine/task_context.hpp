#pragma once

#include "engine/process_settings.hpp"
#include "engine/task_spec.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// One process as a workflow uses it: its declaration, names and settings.
struct ProcessUnit {
  RunContext& run;
  const lang::ProcessDecl& declaration;
  std::string name;            ///< as called: the alias
  std::string qualified_name;  ///< "W:P"
  ProcessSettings settings;
  ProcessId id = 0;
  std::size_t order = 0;  ///< place among all processes of the run
  /// Folders of programs that go behind PATH: the project's and the module's own.
  std::vector<std::string> bin_dirs{};
};

/// A text whose placeholders were replaced for a task: what its key needs besides the source of the
/// process and the task's inputs.
struct TemplateUse {
  std::string text;  ///< of a template file, as it stands there; empty for a `shell:` block
  std::vector<lang::VariableRead> reads;
};

/// One attempt of one task on the language side: its variables, and directives evaluated when first
/// asked for.
///
/// The same code serves all of a task's life: inputs are bound into the frame, directives and the
/// script are evaluated in it, and output values after the task's end.
class TaskContext {
 public:
  TaskContext(ProcessUnit& unit, std::int64_t index, int attempt);
  ~TaskContext();
  TaskContext(const TaskContext&) = delete;
  TaskContext& operator=(const TaskContext&) = delete;

  [[nodiscard]] ProcessUnit& unit() const { return unit_; }
  [[nodiscard]] lang::Frame& frame() { return frame_; }
  [[nodiscard]] const lang::Ref<lang::Scope>& scope() const { return scope_; }
  [[nodiscard]] std::int64_t index() const { return index_; }
  [[nodiscard]] int attempt() const { return attempt_; }

  [[nodiscard]] lang::Value evaluate(const lang::Expr& expression);
  /// A closure is called with the task's names in scope; any other value is returned as it is.
  [[nodiscard]] lang::Value settled(const lang::Value& value);
  /// Throws Error (input) that names the process and the place.
  [[noreturn]] void refuse(lang::Span place, const std::string& why) const;
  /// All values of a directive, evaluated once; empty when it is not set.
  [[nodiscard]] const std::vector<DirectiveValue>& directive(std::string_view name);
  /// The first value of a directive, else null.
  [[nodiscard]] lang::Value value(std::string_view name);
  /// Its text, or nothing when it is not set or null.
  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] bool flag(std::string_view name);
  /// `ext.NAME`, null when it is not set.
  [[nodiscard]] lang::Value ext(std::string_view name);
  [[nodiscard]] std::vector<std::string> ext_names() const;
  /// `task.NAME` as scripts see it.
  [[nodiscard]] lang::Value property(std::string_view name);
  /// What a name of the body stands for, or nothing: inputs and variables, and `task`.
  [[nodiscard]] std::optional<lang::Value> variable(std::string_view name);

  /// "W:P (tag)", once it is known.
  void set_name(std::string name) { name_ = std::move(name); }
  void note_template(TemplateUse use) { templates_.push_back(std::move(use)); }
  /// Of the script, once it was rendered.
  [[nodiscard]] const std::vector<TemplateUse>& templates() const { return templates_; }

  // Known only once the task has its directory, and after it ran.
  void set_place(const std::string& hash, const std::string& work_dir);
  void set_result(int exit_status, const std::string& hash, const std::string& work_dir);
  /// Of the attempt before this one.
  void set_previous(const TaskFailure& failure, TaskContext& context);

  /// Scripts see memory sizes and times, whatever way a setting wrote them. Throws Error (input)
  /// for anything else.
  [[nodiscard]] lang::Value memory_value(std::string_view name);
  [[nodiscard]] lang::Value duration_value(std::string_view name);
  [[nodiscard]] double cpus();

 private:
  [[nodiscard]] lang::Value settings_list(std::string_view name);
  [[nodiscard]] lang::Value settings_map(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> limit_of(std::string_view name);
  [[nodiscard]] lang::Value asked_memory(std::string_view name);
  [[nodiscard]] lang::Value asked_duration(std::string_view name);
  [[nodiscard]] double asked_cpus();
  [[nodiscard]] DirectiveValue evaluate_source(const ProcessSettings::Source& source);
  void add_config_value(const lang::Value& value, bool list_of_settings,
                        std::vector<DirectiveValue>& values);
  [[nodiscard]] std::vector<DirectiveValue> evaluate_directive(
      std::string_view name, const std::vector<ProcessSettings::Source>& sources);

  ProcessUnit& unit_;
  std::int64_t index_;
  int attempt_;
  lang::Frame frame_;
  lang::Value task_;
  lang::Ref<lang::Scope> scope_;
  std::map<std::string, std::vector<DirectiveValue>, std::less<>> directives_;
  std::vector<TemplateUse> templates_;
  std::optional<int> exit_status_;
  std::string name_;
  std::string hash_;
  std::string work_dir_;
  int previous_exit_ = -1;
  lang::Value previous_exception_;
  lang::Value previous_trace_;
};

}  // namespace weir::engine
