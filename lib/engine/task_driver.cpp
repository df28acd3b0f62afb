#include "engine/internal/task_driver.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/hash.hpp"
#include "engine/remote_files.hpp"
#include "engine/script_host.hpp"
#include "engine/task_outputs.hpp"
#include "engine/value_codec.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace weir::engine {

using lang::Value;

/// One task from its inputs to its end, attempts included.
struct TaskDriver::InHand {
  ProcessNode* node = nullptr;
  TaskRequest request;
  std::shared_ptr<TaskContext> context;
  std::shared_ptr<TaskAdmission> admission;
  std::optional<base::Hash128> gate_key{};  ///< where it has gates: of all its attempts
};

namespace {

std::int64_t max_forks(ProcessUnit& unit) {
  if (unit.settings.find("maxForks") == nullptr) return 0;
  TaskContext context(unit, 0, 1);
  const Value value = context.value("maxForks");
  if (value.is_null()) return 0;  // such as of a parameter that was not given
  if (!lang::is_number(value)) {
    throw Error(ErrorKind::usage,
                fmt::format("directive 'maxForks' of process '{}' needs a number, not '{}'",
                            unit.qualified_name, lang::to_short_text(value)));
  }
  return lang::to_int64(value);
}

/// What an `exec:` block left, where the block itself was not run again.
void restore_variables(TaskContext& context, const std::string& kept) {
  if (kept.empty()) return;
  const Value value = decode_value(kept);
  const auto* const map = value.as<lang::MapObject>();
  if (map == nullptr) return;
  for (const lang::BodyVariable& variable : context.unit().declaration.variables) {
    const Value* const known = map->items.find(context.unit().run.text(variable.name));
    if (known != nullptr) context.frame().set(variable.slot, *known, variable.cell);
  }
}

/// Whether any process may be a service, or tasks may have gates.
bool needs_link(const RunContext& run, const std::vector<std::unique_ptr<ProcessUnit>>& units) {
  if (run.config.find("gates") != nullptr) return true;
  for (const auto& unit : units) {
    if (unit->settings.find("service") != nullptr) return true;
    const auto names = TaskContext(*unit, 0, 1).ext_names();
    if (std::find(names.begin(), names.end(), "service") != names.end()) return true;
  }
  return false;
}

bool has_outputs(TaskStatus status) {
  return status == TaskStatus::completed || status == TaskStatus::cached ||
         status == TaskStatus::stored;
}

}  // namespace

TaskDriver::TaskDriver(base::EventLoop& loop, RunContext& run, RunListener& listener,
                       Options options, Handlers handlers, std::unique_ptr<base::ProcessHost> host)
    : loop_(loop),
      run_(run),
      listener_(listener),
      options_(std::move(options)),
      handlers_(std::move(handlers)),
      host_(std::move(host)) {}

TaskDriver::~TaskDriver() = default;

void TaskDriver::start(const std::vector<std::unique_ptr<ProcessUnit>>& units,
                       const std::vector<ProcessNode*>& nodes) {
  if (!host_) host_ = std::make_unique<base::ProcessHost>(loop_, base::ProcessHost::Options{});
  host_->on_lost([this] { runner_->host_lost(); });
  pool_ = std::make_unique<base::ThreadPool>(options_.pool_threads);
  runner_ = std::make_unique<TaskRunner>(loop_, *host_, *pool_, options_.runner);
  run_.runner = runner_.get();
  runner_->add_observer(listener_);
  for (TaskObserver* const observer : observers_) runner_->add_observer(*observer);
  for (std::size_t i = 0; i < units.size(); ++i) {
    units[i]->id = runner_->add_process({units[i]->qualified_name, max_forks(*units[i])});
    nodes_[units[i]->id] = nodes[i];
  }
  runner_->on_room([this](ProcessId process) {
    try {
      if (!stopped_) nodes_.at(process)->resume();
      handlers_.progress();
    } catch (...) {
      handlers_.script_failure(std::current_exception());
    }
  });
  runner_->on_run_failure([this](const RunFailure& failure) {
    stopped_ = true;
    finishing_ = failure.finishes;
    handlers_.run_failure(failure);
  });
  runner_->on_idle([this] { handlers_.progress(); });
  if (needs_link(run_, units)) start_link(nodes);
}

void TaskDriver::start_link(const std::vector<ProcessNode*>& nodes) {
  ServiceLink::Options options;
  const RunnerOptions& runner = options_.runner;
  options.services.directories = {runner.work_dir, runner.temp_dir, runner.revision_dir,
                                  runner.run_id, std::make_shared<RemoteFiles>(runner.environment)};
  options.services.environment = runner.environment;
  options.services.registry_dir = options_.service_registry;
  options.services.resume = runner.resume;
  options.gates.environment = runner.environment;
  options.gates.state_dir = options_.gate_state;
  options.gates.run_id = runner.run_id;
  options.gates.run_name = options_.run_name;
  options.gates.resume = runner.resume;
  options.gates.pool_scope = runner.work_dir;
  options.machine.cpus = runner.cpus;
  options.machine.memory_bytes = runner.memory_bytes;
  options.machine.accelerators = static_cast<std::int64_t>(runner.devices.ids.size());
  options.launch_dir = runner.launch_dir;
  link_ = std::make_unique<ServiceLink>(loop_, *pool_, run_, std::move(options));
  link_->on_progress([this] { handlers_.progress(); });
  link_->on_abort([this](const std::string& why) {
    stopped_ = true;
    handlers_.service_failure(why);
  });
  link_->on_service(service_handler_);
  link_->on_gate_wait(gate_wait_handler_);
  link_->wire(nodes);
}

bool TaskDriver::has_room(const ProcessUnit& unit) {
  return !stopped_ && runner_ != nullptr && runner_->has_room(unit.id);
}

bool TaskDriver::submit(ProcessNode& node, TaskRequest request) {
  if (link_ && link_->is_service(node.unit())) {
    link_->declare(node, std::move(request));
    return true;
  }
  auto task = std::make_shared<InHand>();
  task->node = &node;
  task->request = std::move(request);
  task->context = std::make_shared<TaskContext>(node.unit(), task->request.index, 1);
  std::optional<TaskSpec> spec;
  try {
    spec = build_task(task->context, task->request, nullptr);
  } catch (const lang::ScriptException& exception) {
    // As upstream has it ("script contains error(s)"): no retry helps, `ignore` does not hold, but
    // `finish` leaves what runs alone.
    submit_broken(task, run_.interpreter.explain(exception, lang::Colour::no), true);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    // A refused value likewise; a template may be there when it is looked for again.
    const std::string cause =
        failure_of(std::current_exception(), TaskFailure::Kind::refused).cause;
    submit_broken(task, cause, error.code() != k_no_template);
    return true;
  }
  if (!spec) return false;
  TaskCallbacks told = callbacks(task);
  if (link_ && link_->concerns(*task->context, task->request)) {
    told.many_may_wait = link_->has_gates();
    if (link_->has_late_gates()) {
      told.admit = [this, held = task.get()](TaskId, std::function<void(Admitted)> proceed) {
        link_->admit_launch(held->admission, std::move(proceed));
      };
    }
    told.prepare = [this, held = task.get()](TaskId id, const TaskSpec& attempt,
                                             std::function<void(Prepared)> proceed) {
      link_->release(held->admission);
      link_->admit({held->context, held->request, attempt, id, held->gate_key}, std::move(proceed),
                   held->admission);
    };
  }
  static_cast<void>(runner_->submit(std::move(*spec), std::move(told)));
  return true;
}

void TaskDriver::submit_broken(const std::shared_ptr<InHand>& task, std::string why,
                               bool unrecoverable) {
  while (why.ends_with('\n')) why.pop_back();
  TaskCallbacks told = callbacks(task);
  told.prepare = [answer = Prepared{std::move(why), unrecoverable, {}, {}}](
                     TaskId, const TaskSpec&, const std::function<void(Prepared)>& proceed) {
    proceed(answer);
  };
  static_cast<void>(runner_->submit(broken_task(*task->context, task->request), std::move(told)));
}

/// `completed` holds the task for all of them: the others fit into a std::function without memory
/// of their own, and thousands of tasks may wait.
TaskCallbacks TaskDriver::callbacks(const std::shared_ptr<InHand>& task) {
  TaskCallbacks result;
  result.completed = [this, task](const TaskResult& ended_task) {
    if (link_) link_->release(task->admission);
    try {
      ended(task, ended_task);
    } catch (...) {
      handlers_.script_failure(std::current_exception());
    }
    handlers_.progress();
  };
  result.on_failure = [held = task.get()](const TaskFailure& failure) {
    return decide_failure(*held->context, failure);
  };
  result.ends_run = [this](std::exception_ptr thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const ScriptExit&) {
      handlers_.script_failure(std::move(thrown));
      return true;
    } catch (...) {
      return false;
    }
  };
  result.next_attempt = [this, held = task.get()](int attempt, const TaskFailure& previous) {
    return next_attempt(*held, attempt, previous);
  };
  return result;
}

TaskSpec TaskDriver::next_attempt(InHand& task, int attempt, const TaskFailure& previous) {
  if (link_) link_->release(task.admission);
  const PreviousAttempt before{previous, *task.context};
  auto built = build_task(task.node->unit(), task.request, attempt, &before);
  if (!built) throw Error(ErrorKind::input, "'when' became false for a task that is tried again");
  task.context = built->context;
  return std::move(built->spec);
}

void TaskDriver::ended(const std::shared_ptr<InHand>& task, const TaskResult& result) {
  std::vector<std::optional<Value>> values;
  if (result.status == TaskStatus::ignored) ++ignored_;
  if (has_outputs(result.status)) {
    TaskContext& context = *task->context;
    if (context.unit().declaration.script_kind == lang::ScriptKind::exec &&
        result.status != TaskStatus::completed) {
      restore_variables(context, result.context);
    }
    context.set_result(result.exit_status, result.hash, result.work_dir);
    values = bind_outputs(context, result);
  }
  if (stopped_ && !finishing_ && !has_outputs(result.status)) return;
  task->node->task_ended(task->request.index, std::move(values));
}

void TaskDriver::process_closed(const ProcessUnit& unit) {
  if (link_) link_->process_closed(unit);
}

void TaskDriver::cancel() {
  stopped_ = true;
  if (runner_) runner_->cancel_all();
}

/// Services outlive the tasks that may use them, also where a run ends early.
bool TaskDriver::is_idle() {
  if (runner_ && !runner_->is_idle()) return false;
  if (!link_ || link_->is_idle()) return true;
  if (stopped_ && !std::exchange(link_stopped_, true)) link_->stop_all();
  return link_->is_idle();
}

ErrorKind TaskDriver::failure_kind() const {
  return link_ ? link_->failure_kind() : ErrorKind::failed;
}

void TaskDriver::end_host() {
  if (host_) host_->begin_shut_down(std::chrono::milliseconds(0));
}

std::optional<RunWaitList> TaskDriver::waits(std::size_t tasks_max) const {
  if (!link_) return std::nullopt;
  GateWaits waits = link_->waiting(tasks_max);
  const TaskRunner::Facts facts = runner_->facts();
  return RunWaitList{link_->services(),
                     std::move(waits.first),
                     waits.count,
                     link_->waiting_for_services(),
                     facts.waiting + facts.promised,
                     facts.waiting > 0 ? facts.first_waiting : facts.first_promised,
                     facts.waiting > 0 ? facts.first_needs.cpus : facts.promised_needs.cpus};
}

void TaskDriver::on_service(std::function<void(const std::string&, ServiceState)> handler) {
  service_handler_ = std::move(handler);
  if (link_) link_->on_service(service_handler_);
}

void TaskDriver::kill() {
  stopped_ = true;
  if (link_) link_->kill_all();
  if (host_) host_->shut_down(std::chrono::milliseconds(0));
}

}  // namespace weir::engine
