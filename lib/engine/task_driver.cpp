#include "engine/internal/task_driver.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "engine/task_outputs.hpp"
#include "engine/value_codec.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace weir::engine {

using lang::Value;

/// One task from its inputs to its end, attempts included.
struct TaskDriver::InHand {
  ProcessNode* node = nullptr;
  TaskRequest request;
  std::shared_ptr<TaskContext> context;
};

namespace {

std::int64_t max_forks(ProcessUnit& unit) {
  if (unit.settings.find("maxForks") == nullptr) return 0;
  TaskContext context(unit, 0, 1);
  const Value value = context.value("maxForks");
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

bool has_outputs(TaskStatus status) {
  return status == TaskStatus::completed || status == TaskStatus::cached ||
         status == TaskStatus::stored;
}

}  // namespace

TaskDriver::TaskDriver(base::EventLoop& loop, RunContext& run, RunListener& listener,
                       Options options, Handlers handlers)
    : loop_(loop),
      run_(run),
      listener_(listener),
      options_(std::move(options)),
      handlers_(std::move(handlers)) {}

TaskDriver::~TaskDriver() = default;

void TaskDriver::start(const std::vector<std::unique_ptr<ProcessUnit>>& units,
                       const std::vector<ProcessNode*>& nodes) {
  host_ = std::make_unique<base::ProcessHost>(loop_, base::ProcessHost::Options{});
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
    handlers_.run_failure(failure);
  });
  runner_->on_idle([this] { handlers_.progress(); });
}

bool TaskDriver::has_room(const ProcessUnit& unit) {
  return !stopped_ && runner_ != nullptr && runner_->has_room(unit.id);
}

bool TaskDriver::submit(ProcessNode& node, TaskRequest request) {
  auto built = build_task(node.unit(), request, 1, nullptr);
  if (!built) return false;
  auto task = std::make_shared<InHand>();
  task->node = &node;
  task->request = std::move(request);
  task->context = built->context;
  static_cast<void>(runner_->submit(std::move(built->spec), callbacks(task)));
  return true;
}

TaskCallbacks TaskDriver::callbacks(const std::shared_ptr<InHand>& task) {
  TaskCallbacks result;
  result.completed = [this, task](TaskResult ended_task) {
    try {
      ended(task, ended_task);
    } catch (...) {
      handlers_.script_failure(std::current_exception());
    }
    handlers_.progress();
  };
  result.on_failure = [task](const TaskFailure& failure) {
    return decide_failure(*task->context, failure);
  };
  result.next_attempt = [this, task](int attempt, const TaskFailure& previous) {
    return next_attempt(task, attempt, previous);
  };
  return result;
}

TaskSpec TaskDriver::next_attempt(const std::shared_ptr<InHand>& task, int attempt,
                                  const TaskFailure& previous) {
  const PreviousAttempt before{previous, *task->context};
  auto built = build_task(task->node->unit(), task->request, attempt, &before);
  if (!built) throw Error(ErrorKind::input, "'when' became false for a task that is tried again");
  task->context = built->context;
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
  if (stopped_ && !has_outputs(result.status)) return;
  task->node->task_ended(task->request.index, std::move(values));
}

void TaskDriver::process_closed(const ProcessUnit&) {}

void TaskDriver::cancel() {
  stopped_ = true;
  if (runner_) runner_->cancel_all();
}

bool TaskDriver::is_idle() const {
  return !runner_ || runner_->is_idle();
}

void TaskDriver::kill() {
  stopped_ = true;
  if (host_) host_->shut_down(std::chrono::milliseconds(0));
}

}  // namespace weir::engine
