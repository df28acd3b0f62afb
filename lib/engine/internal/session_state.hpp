#pragma once

#include "base/output_file.hpp"
#include "engine/config.hpp"
#include "engine/explain.hpp"
#include "engine/internal/task_driver.hpp"
#include "engine/nf_schema.hpp"
#include "engine/run_context.hpp"
#include "engine/run_report.hpp"
#include "engine/script_host.hpp"
#include "engine/secrets_object.hpp"
#include "engine/session.hpp"
#include "engine/task_journal.hpp"
#include "engine/trace_file.hpp"
#include "engine/wiring.hpp"
#include "engine/work_cleaner.hpp"
#include "engine/workflow_object.hpp"
#include "engine/workflow_outputs.hpp"
#include "lang/program.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace weir::engine {

/// By `-with-trace` or `trace.enabled`.
[[nodiscard]] bool wants_trace(const RunSettings& settings, const Config& config);

/// The end of a warning about a name, in Nextflow's words; empty when no known name is near.
[[nodiscard]] inline std::string did_you_mean(const std::optional<std::string>& near) {
  return near ? " -- Did you mean: " + *near + "?" : "";
}

/// Whether the script called `error`.
[[nodiscard]] bool is_said(const lang::ScriptException& exception);
/// Its message as Nextflow words it.
[[nodiscard]] std::string upstream_message(const lang::ScriptException& exception);

/// All that a session owns, in order of dependence.
struct Session::State final : dataflow::Surroundings {
  State(base::EventLoop& event_loop, RunSettings run_settings, RunListener& run_listener,
        std::string id);
  ~State() override;

  // The steps of `prepare`, in order (session_load.cpp, session_wire.cpp).
  void load_configuration();
  [[nodiscard]] std::string remote_text(const std::string& url);
  void check_params() const;
  /// All steps before the workflow is wired.
  void load_with_params();
  void refuse_missing_params() const;
  [[nodiscard]] std::vector<ProcessContainer> containers();
  [[nodiscard]] InputPlace place_of(const lang::ScriptException& exception) const;
  /// What a script's exception is to the caller of a session.
  [[noreturn]] void refuse(const lang::ScriptException& exception);
  void load_program();
  void evaluate_params();

  // session_wire.cpp
  /// Builds the graph: all that the entry workflow does before anything flows.
  void wire();
  void make_driver();
  void run_entry();

  // session_run.cpp
  // What the driver tells.
  void run_failed(const RunFailure& failure);
  void service_failed(const std::string& why);
  void script_failed(std::exception_ptr failure);
  [[nodiscard]] RunOutcome execute();
  void interrupt();
  void close();

  // Surroundings of the flow (session_flow.cpp).
  [[nodiscard]] lang::Host& host() override { return script_host; }
  [[nodiscard]] dataflow::Place here() override;
  [[nodiscard]] bool is_typed_here() override;
  [[nodiscard]] std::vector<lang::Value> match_paths(const lang::Value& pattern,
                                                     const lang::MapObject* options) override;
  [[nodiscard]] std::vector<lang::Value> match_pairs(const lang::Arguments& arguments) override;
  [[nodiscard]] bool dumps(std::string_view tag) override;
  void every(std::chrono::milliseconds interval, std::function<bool()> tick) override;

  // Steps within the steps.
  /// The project's folder, and the script where a file was named.
  void find_project();
  /// The script of a folder, which the configuration may name.
  void find_main_script();
  void read_script(const std::string& path);
  void set_globals();
  void set_places();
  void run_declarations(const lang::Module& module);
  void set_feature(std::string_view name, bool on);
  void tell_undefined_param(std::string_view name);
  void set_legacy_param(const lang::LegacyParamDecl& declaration);
  void set_declared_params(const lang::ParamsDecl& declaration);
  void refuse_unsupported_program() const;
  [[nodiscard]] lang::Value module_dir() const;
  [[nodiscard]] std::string new_folder(std::string_view purpose);
  [[nodiscard]] std::string template_text(const std::string& name);

  void pump();
  void check_end();
  void stop_with(RunOutcome result);
  void stop_with_current_exception();
  void begin_finish();
  void begin_stop();
  void run_handlers();
  // session_reports.cpp
  void start_trace();
  void start_reports();
  void write_reports();
  [[nodiscard]] std::string report_file(const std::string& kind, const std::string& given,
                                        std::string_view extension) const;
  void run_handler(const lang::Value& closure);
  [[nodiscard]] std::set<std::string> process_names() const;
  void warn_of_unknown_settings() const;
  void warn_of_idle_selectors() const;
  void check_container_engine() const;
  void wire_outputs();
  void run_configured_handler(std::string_view name);
  [[nodiscard]] RunOutcome outcome_of_exception() const;

  base::EventLoop& loop;
  RunSettings settings;
  Limits limits;
  RunListener& listener;
  std::string run_id;

  lang::Ast ast;
  lang::SourceMap sources;
  ScriptHost script_host;
  lang::Interpreter interpreter;
  dataflow::Graph graph;
  dataflow::Flow flow;
  Config config;
  lang::Ref<lang::MapObject> fixed_params;
  lang::Ref<lang::MapObject> params;
  WorkflowFacts facts;
  std::string project_dir;
  std::string script_text;
  std::unique_ptr<RunContext> context;
  std::unique_ptr<lang::Program> program;
  std::vector<std::string> missing_params;              ///< of `params` blocks, without a value
  std::set<std::string, std::less<>> undefined_params;  ///< those that were told
  std::vector<const lang::Module*> evaluated_modules;
  lang::Ref<WorkflowObject> workflow_object;
  std::unique_ptr<NfSchema> nf_schema;
  lang::Ref<SecretsObject> secrets;
  const lang::WorkflowDecl* entry = nullptr;
  std::unique_ptr<lang::Frame> entry_frame;
  std::unique_ptr<base::ProcessHost> early_host;  ///< until the driver takes it
  std::unique_ptr<TaskDriver> driver;
  std::unique_ptr<Wiring> wiring;
  std::unique_ptr<WorkflowOutputs> outputs;
  std::unique_ptr<TraceFile> trace;
  std::unique_ptr<RunReport> report;
  std::unique_ptr<TaskJournal> journal;
  std::unique_ptr<Explainer> explainer;
  std::unique_ptr<HashDumper> hash_dumper;
  std::unique_ptr<WorkCleaner> cleaner;
  struct ReportFile {
    explicit ReportFile(std::string name) : path(std::move(name)), file(path) {}
    std::string path;
    base::OutputFile file;  ///< open from the start: that it cannot be is not told after the work
  };
  std::map<std::string, ReportFile> report_files;  ///< by kind: report, timeline, dag

  int folders_made = 0;
  bool pump_posted = false;
  bool stopping = false;
  /// A task failed whose strategy is `finish`: nothing starts any more, what runs is waited for,
  /// and the operators are told the end of every process.
  bool finishing = false;
  bool interrupted = false;
  bool hurried = false;  ///< interrupted twice: nothing is waited for, no handler runs
  bool ended = false;
  std::optional<RunOutcome> outcome;
};

}  // namespace weir::engine
