// Wiring: what the runner is made of, the graph that the entry workflow builds, and what is warned
// of once it stands.

#include "base/control_group.hpp"
#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/machine.hpp"
#include "base/named_folder.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/internal/session_state.hpp"
#include "engine/known_settings.hpp"
#include "engine/submit_pace.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <exception>

namespace weir::engine {

using lang::Value;

namespace {

/// `executor.$local.NAME`, which is of this executor alone, else `executor.NAME`; nullptr: neither.
const Value* executor_setting(const Config& config, std::string_view name) {
  const Value* const own = config.find(fmt::format("executor.$local.{}", name));
  return own != nullptr ? own : config.find(fmt::format("executor.{}", name));
}

std::string executor_text(const Config& config, std::string_view name) {
  const Value* const value = executor_setting(config, name);
  return value == nullptr || value->is_null() ? "" : lang::to_text(*value);
}

/// Null where programs are held to their memory one by one instead.
std::shared_ptr<base::ControlGroups> memory_groups() {
  std::string why_not;
  std::shared_ptr<base::ControlGroups> groups = base::ControlGroups::take_over(why_not);
  base::log(base::LogLevel::debug, "executor.enforceMemory",
            {{"groups", groups ? groups->folder().native() : "none: " + why_not}});
  if (!groups && !base::file_info("/usr/bin/prlimit")) {
    throw Error(ErrorKind::cannot_begin, "executor.enforceMemory needs /usr/bin/prlimit")
        .with_hint("it is in the package util-linux");
  }
  return groups;
}

RunnerOptions runner_options(const RunContext& run, const std::string& run_id) {
  const RunSettings& settings = run.settings;
  RunnerOptions options;
  options.work_dir = run.work_dir;
  options.launch_dir = run.launch_dir;
  if (run.settings.origin) options.revision_dir = run.settings.origin->folder;
  options.temp_dir = base::variable_in(settings.environment, "TMPDIR").value_or("");
  if (options.temp_dir.empty()) options.temp_dir = "/tmp";
  options.run_id = run_id;
  options.resume = settings.resume.has_value() || run.config.flag("resume");
  options.stub = settings.stub;
  options.environment = settings.environment;
  options.measure_tasks = wants_trace(settings, run.config);
  options.cpus = static_cast<double>(base::available_cores());
  options.memory_bytes = static_cast<std::int64_t>(base::available_memory_bytes());
  options.limit_memory = run.config.flag("executor.enforceMemory");
  if (options.limit_memory) options.groups = memory_groups();
  options.devices = visible_devices(settings.environment);
  options.job_id = settings.job_id;
  if (const Value* const cpus = executor_setting(run.config, "cpus");
      cpus != nullptr && cpus->is_integer()) {
    options.cpus = static_cast<double>(cpus->as_int64());
  }
  if (const auto memory = base::parse_bytes(executor_text(run.config, "memory")))
    options.memory_bytes = *memory;
  if (const std::string rate = executor_text(run.config, "submitRateLimit"); !rate.empty()) {
    const auto interval = parse_submit_rate(rate);
    if (!interval)
      throw Error(ErrorKind::usage, fmt::format("executor.submitRateLimit is no rate: '{}'", rate))
          .with_hint("such as '10 sec' (ten a second) or '50/2min'");
    options.submit_interval = *interval;
  }
  const auto queue = base::parse_int64(executor_text(run.config, "queueSize"));
  if (settings.queue_size > 0) {
    options.queue_size = static_cast<std::size_t>(settings.queue_size);
  } else if (queue && *queue > 0) {
    options.queue_size = static_cast<std::size_t>(*queue);
  }
  return options;
}

const lang::WorkflowDecl* named_workflow(const lang::Module& module, const lang::Names& names,
                                         const std::string& wanted) {
  std::vector<std::string> known;
  for (const lang::Declaration* declaration : module.declarations) {
    if (declaration->kind != lang::DeclKind::workflow) continue;
    const std::string name(names.text(declaration->name));
    if (name == wanted) return &declaration->as<lang::WorkflowDecl>();
    if (!name.empty()) known.push_back(name);
  }
  Error error(ErrorKind::usage, fmt::format("the script has no workflow '{}'", wanted));
  if (!known.empty()) error.with_hint("it has " + base::join(known, ", "));
  throw error;
}

const lang::ProcessDecl* only_process(const lang::Module& module) {
  const lang::ProcessDecl* found = nullptr;
  for (const lang::Declaration* declaration : module.declarations) {
    if (declaration->kind != lang::DeclKind::process) continue;
    if (found != nullptr) return nullptr;
    found = &declaration->as<lang::ProcessDecl>();
  }
  return found;
}

}  // namespace

void Session::State::make_driver() {
  TaskDriver::Options options{
      runner_options(*context, run_id), std::min<std::size_t>(base::available_cores() + 2, 8),
      settings.service_registry, context->work_dir + "/gates", facts.run_name};
  if (limits.kill_grace.has_value()) options.runner.kill_grace = *limits.kill_grace;
  TaskDriver::Handlers handlers;
  handlers.progress = [this] { pump(); };
  handlers.run_failure = [this](const RunFailure& failure) { run_failed(failure); };
  handlers.service_failure = [this](const std::string& why) { service_failed(why); };
  handlers.script_failure = [this](std::exception_ptr failure) {
    script_failed(std::move(failure));
  };
  driver = std::make_unique<TaskDriver>(loop, *context, listener, std::move(options),
                                        std::move(handlers), std::move(early_host));
}

void Session::State::run_entry() {
  const lang::Module& main = program->main();
  entry = settings.entry.empty() ? main.entry : named_workflow(main, ast.names, settings.entry);
  if (entry != nullptr) {
    entry_frame = std::make_unique<lang::Frame>(entry->frame_size);
    wiring->run_entry(*entry, *entry_frame, [this] { wire_outputs(); });
  } else if (const lang::ProcessDecl* const process = only_process(main)) {
    wiring->run_single(*process);
  } else {
    throw Error(ErrorKind::input, fmt::format("'{}' has no entry workflow", facts.script_name))
        .with_hint("add a `workflow { }` block, or name a workflow with -entry");
  }
}

void Session::State::wire() {
  make_driver();
  wiring = std::make_unique<Wiring>(*context, *driver);
  script_host.set_wiring(wiring.get());
  run_entry();
  script_host.set_wiring(nullptr);
  flow.finish_wiring();
  warn_of_unknown_settings();
  warn_of_idle_selectors();
  if (!settings.preview) check_container_engine();
  if (!wiring->units().empty() && !settings.preview)
    base::make_named_folders(context->work_dir, ErrorKind::usage);
}

/// By all names that a selector may use: own names, aliases, names with their workflows.
std::set<std::string> Session::State::process_names() const {
  std::set<std::string> names;
  for (const auto& unit : wiring->units()) names.insert({unit->name, unit->qualified_name});
  const auto text = [this](lang::Name name) { return std::string(ast.names.text(name)); };
  for (const auto& module : program->modules) {
    for (const lang::Declaration* declaration : module->declarations) {
      if (declaration->kind == lang::DeclKind::process)
        names.insert(text(declaration->as<lang::ProcessDecl>().name));
      if (declaration->kind != lang::DeclKind::include) continue;
      for (const lang::IncludeEntry& included : declaration->as<lang::IncludeDecl>().entries)
        names.insert(text(included.alias));
    }
  }
  return names;
}

void Session::State::warn_of_unknown_settings() const {
  for (const UnknownSetting& setting : unknown_settings(config)) {
    listener.on_log(lang::LogLevel::warn, fmt::format("Unrecognized config option '{}'{}",
                                                      setting.name, did_you_mean(setting.near)));
  }
}

/// A selector without a process is often a misspelt one; nf-core's pipelines have many on purpose
/// and switch this off.
void Session::State::warn_of_idle_selectors() const {
  const Value* const wanted = config.find("nextflow.enable.configProcessNamesValidation");
  if (config.selectors.empty() || (wanted != nullptr && !lang::truth(*wanted))) return;
  const std::set<std::string> names = process_names();
  const std::vector<std::string> candidates(names.begin(), names.end());
  for (const std::string& selector : idle_selectors(config, names)) {
    listener.on_log(lang::LogLevel::warn,
                    fmt::format("There's no process matching config selector: {}{}", selector,
                                did_you_mean(base::nearest(selector, candidates))));
  }
}

/// Files that reach the outputs are published by the runner; without any process there is none.
void Session::State::wire_outputs() {
  const lang::OutputDecl* const block = program->main().output;
  if (block == nullptr || entry != program->main().entry) return;
  outputs = std::make_unique<WorkflowOutputs>(
      *context, script_host, [this](std::vector<PublishAction> actions, const std::string& name) {
        if (context->runner != nullptr) {
          context->runner->publish(std::move(actions), name);
          return;
        }
        for (const PublishAction& action : actions) publish_file(action);
      });
  outputs->wire(*block, *entry, *entry_frame);
}

/// A missing engine is said before the first task fails for it.
void Session::State::check_container_engine() const {
  const auto& container = context->software.container;
  if (!container) return;
  bool asked = false;
  for (const auto& unit : wiring->units())
    asked = asked || unit->settings.find("container") != nullptr;
  if (!asked) return;
  const std::string path = base::variable_in(settings.environment, "PATH").value_or("");
  const std::string name(name_of(container->engine));
  if (base::find_program(name, path)) return;
  throw Error(
      ErrorKind::cannot_begin,
      fmt::format("the container engine '{0}' is enabled, but there is no program '{0}'", name))
      .with_hint(fmt::format("install it, enable another one, or give -without-{}", name));
}

}  // namespace weir::engine
