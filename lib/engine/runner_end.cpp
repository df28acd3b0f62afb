// The second half of TaskRunner: from the program's end to the last callback.
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "engine/error_report.hpp"
#include "engine/internal/runner_state.hpp"
#include "engine/publish.hpp"
#include "engine/remote_files.hpp"
#include "engine/retry_policy.hpp"
#include "engine/script_text.hpp"
#include "engine/units.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace weir::engine {
namespace {

using Kind = TaskFailure::Kind;
using base::to_millis;
using std::chrono::duration_cast;

TaskFailure describe(const TaskRun& task, const DirectoryFailure& failure) {
  TaskFailure told;
  told.kind = failure.kind;
  told.id = task.id;
  told.process = task.spec.process;
  told.name = task.spec.name;
  told.attempt = task.spec.attempt;
  if (task.finished && failure.kind != Kind::timed_out)
    told.exit_status = task.finished->exit_status;
  told.cause = failure.cause;
  if (!task.spec.native) told.script = normalise_script(task.spec.script);
  told.work_dir = task.prepared.work_dir;
  told.source_place = task.spec.source_place;
  told.hash = task.prepared.hash;
  told.usage = task.finished ? task.finished->usage : task.usage;
  told.unrecoverable = failure.unrecoverable;
  return told;
}

/// What the failure of a task that is held to its `memory` may be due to.
std::string memory_note(const TaskRun& task) {
  const std::string size = size_text(task.spec.resources.memory_bytes);
  if (!task.group) {
    return "\n(each of its programs could have " + size +
           " of memory: `memory`, held to by executor.enforceMemory)";
  }
  if (!task.group->ran_out_of_memory()) return {};
  return "\n(it was killed, since its programs together took more than " + size +
         " of memory: `memory`, held to by executor.enforceMemory)";
}

/// It was prepared ahead of a start that has not come.
bool holds_window(const TaskRun& task) {
  using Phase = TaskRun::Phase;
  const bool asked_again =  // its early gates once more
      !task.prepared.work_dir.empty() &&
      (task.phase == Phase::gated || task.phase == Phase::looking);
  return task.phase == Phase::preparing || task.phase == Phase::ready ||
         task.phase == Phase::admitting || task.phase == Phase::parked || asked_again;
}

TaskStatus status_of(const FinishedTask& task) {
  switch (task.origin) {
    case FinishedTask::Origin::ran: return TaskStatus::completed;
    case FinishedTask::Origin::stored: return TaskStatus::stored;
    default: return TaskStatus::cached;
  }
}

TaskEvent::Kind event_kind(TaskStatus status) {
  switch (status) {
    case TaskStatus::cached: return TaskEvent::Kind::cached;
    case TaskStatus::stored: return TaskEvent::Kind::stored;
    case TaskStatus::aborted: return TaskEvent::Kind::aborted;
    case TaskStatus::ignored: return TaskEvent::Kind::ignored;
    case TaskStatus::failed: return TaskEvent::Kind::failed;
    default: return TaskEvent::Kind::completed;
  }
}

/// As upstream's trace has it.
std::string_view word_of(ErrorStrategy strategy) {
  switch (strategy) {
    case ErrorStrategy::terminate: return "TERMINATE";
    case ErrorStrategy::finish: return "FINISH";
    case ErrorStrategy::ignore: return "IGNORE";
    case ErrorStrategy::retry: return "RETRY";
  }
  return "";
}

void publish_all(const std::vector<PublishAction>& actions,
                 const std::function<void(const PublishAction&, std::exception_ptr)>& on_error) {
  for (const PublishAction& action : actions) {
    try {
      publish_file(action);
    } catch (...) {
      on_error(action, std::current_exception());
    }
  }
}

std::string publish_message(const PublishAction& action, std::exception_ptr error) {
  return "Failed to publish file: " + action.source + "; to: " + action.target + "\n" +
         failure_of(std::move(error), Kind::publishing).cause;
}

}  // namespace

void TaskRunner::State::exited(TaskId id, const base::HostedExit& exit) {
  const std::optional<base::ProcessMemory> memory = memory_watch.remove(id);
  TaskRun* task = find(id);
  if (task == nullptr || task->phase != TaskRun::Phase::running) return;
  loop.cancel(std::exchange(task->timer, 0));
  task->usage.user_us = exit.user_time.count();
  task->usage.system_us = exit.system_time.count();
  task->usage.peak_rss_bytes = exit.max_rss_bytes;
  task->usage.counters = exit.counters;
  if (memory) {
    // The kernel tells of the largest program only.
    task->usage.peak_rss_bytes = std::max(task->usage.peak_rss_bytes, memory->resident);
    task->usage.address_space_bytes = memory->address_space;
    task->usage.address_space_peak_bytes = memory->address_space_peak;
  }
  conclude_task(*task, exit.status, host.moment());
}

void TaskRunner::State::conclude_task(TaskRun& task, int exit_status, base::BootTime when) {
  task.phase = TaskRun::Phase::concluding;
  task.usage.complete_ms = to_millis(base::wall_at(when));
  task.usage.realtime_ms = duration_cast<std::chrono::milliseconds>(when - task.started).count();
  FinishedTask& finished = task.finished.emplace();
  finished.hash = task.prepared.hash;
  finished.work_dir = task.prepared.work_dir;
  finished.output_dir = finished.work_dir;
  finished.exit_status = exit_status;
  finished.usage = task.usage;
  // The next program first: the machine works on it while this one's files are looked through.
  scheduler.ended(task.id);
  devices.release(task.id);
  start_ready();
  blocking(
      task,
      [](TaskRun& run) {
        auto folder = std::exchange(run.prepared.folder, std::nullopt);
        if (run.failure) return;
        if (!folder) folder.emplace(run.finished->work_dir);
        run.failure = conclude(run.spec, *run.key, *folder, *run.finished);
      },
      &State::concluded);
}

void TaskRunner::State::concluded(TaskRun& task) {
  if (task.tree_alive && task.finished) {
    // The leader has ended; what it left running would hold files and memory of a finished task.
    host.stop_tree(task.tree, SIGTERM, options.kill_grace);
  }
  if (task.step_error)
    task.failure = failure_of(std::exchange(task.step_error, nullptr), Kind::cannot_start);
  if (!task.failure) return publish(task);
  if (task.stopped) return abort(task);
  if (!task.lost.empty() && task.rerun && !is_stopping()) return run_once_more(task);
  if (!task.lost.empty()) task.failure = DirectoryFailure{Kind::gate, task.lost, false};
  if (task.timed_out) {
    task.failure->kind = Kind::timed_out;
    task.failure->cause =
        "Process exceeded running time limit (" + duration_text(task.spec.resources.time) + ")";
  }
  if (task.failure->kind == Kind::exit_status && is_memory_limited(task))
    task.failure->cause += memory_note(task);
  fail(task, *task.failure);
}

void TaskRunner::State::publish(TaskRun& task) {
  task.phase = TaskRun::Phase::publishing;
  if (task.spec.publish.empty()) return complete(task, status_of(*task.finished));
  const bool from_cache = task.finished->origin == FinishedTask::Origin::sealed ||
                          task.finished->origin == FinishedTask::Origin::stored;
  std::vector<PublishAction> links;
  std::vector<PublishAction> copies;
  try {
    for (PublishAction& action : plan_publishing(task.spec.publish, task.finished->paths,
                                                 task.finished->output_dir, from_cache))
      (is_link_mode(action.mode) ? links : copies).push_back(std::move(action));
  } catch (...) {
    DirectoryFailure failure = failure_of(std::current_exception(), Kind::publishing);
    failure.unrecoverable = true;
    return fail(task, failure);
  }
  if (!copies.empty()) publish_in_background(copies, describe(task, {Kind::publishing, "", true}));
  if (links.empty()) return complete(task, status_of(*task.finished));
  blocking(
      task,
      [this, links = std::move(links)](TaskRun& run) {
        publish_all(links, [&](const PublishAction& action, std::exception_ptr error) {
          std::string message = publish_message(action, std::move(error));
          if (action.fail_on_error && !run.failure) {
            run.failure = DirectoryFailure{Kind::publishing, std::move(message), true};
          } else if (!action.fail_on_error) {
            post([this, message = std::move(message)] {
              for (TaskObserver* observer : observers) observer->on_warning(message);
            });
          }
        });
      },
      &State::published);
}

void TaskRunner::State::published(TaskRun& task) {
  if (task.failure) return fail(task, *task.failure);
  complete(task, status_of(*task.finished));
}

/// Copies go on while the task's results already flow; the run waits for them at its end.
void TaskRunner::State::publish_in_background(const std::vector<PublishAction>& actions,
                                              TaskFailure told) {
  const auto failure = std::make_shared<TaskFailure>(std::move(told));
  for (const PublishAction& one : actions) {
    ++publishing;
    loop.hold();
    pool.submit([this, self = shared_from_this(), one, failure] {
      std::string message;
      publish_all({one}, [&](const PublishAction& action, std::exception_ptr error) {
        message = publish_message(action, std::move(error));
      });
      loop.post([this, self, one, failure, message] {
        loop.release();
        --publishing;
        if (!message.empty() && one.fail_on_error) {
          failure->cause = message;
          end_run(*failure, Stopping::cancel);
        } else if (!message.empty()) {
          for (TaskObserver* observer : observers) observer->on_warning(message);
        }
        check_idle();
      });
    });
  }
}

void TaskRunner::State::complete(TaskRun& task, TaskStatus status) {
  const TaskId id = task.id;
  ++steps;
  TaskResult result;
  result.id = id;
  result.status = status;
  const bool succeeded = status == TaskStatus::completed || status == TaskStatus::cached ||
                         status == TaskStatus::stored;
  if (task.finished) result.exit_status = task.finished->exit_status;
  if (succeeded) {
    const TaskEvent event = event_of(event_kind(status), task);
    tell(event.kind, task, result.exit_status);
    if (task.spec.debug && status != TaskStatus::stored) {
      for (TaskObserver* observer : observers)
        observer->on_task_output(event, task.finished->stdout_text);
    }
    FinishedTask& finished = *task.finished;
    result.hash = std::move(finished.hash);
    result.work_dir = std::move(finished.work_dir);
    result.output_dir = std::move(finished.output_dir);
    result.paths = std::move(finished.paths);
    result.env = std::move(finished.env);
    result.eval = std::move(finished.eval);
    result.stdout_text = std::move(finished.stdout_text);
    result.usage = finished.usage;
    result.context = std::move(finished.context);
  } else {
    result.work_dir = task.prepared.work_dir;
    result.hash = task.prepared.hash;
  }
  const std::shared_ptr<TaskCallbacks> callbacks = task.callbacks;
  tasks.erase(id);
  if (callbacks->completed) callbacks->completed(std::move(result));
  check_idle();
}

void TaskRunner::State::abort(TaskRun& task) {
  leave_gate(task);
  leave_queue(task);
  if (holds_window(task)) leave_window(task);
  const bool unused = task.usage.start_ms == 0 && !task.prepared.work_dir.empty();
  if (unused) {
    // Never started: an empty shell that the next run would have to step over.
    pool.submit([folder = task.prepared.work_dir] {
      try {
        base::remove_tree(folder);
      } catch (const std::exception& error) {
        base::log(base::LogLevel::debug, "unused task directory stays",
                  {{"folder", folder}, {"error", error.what()}});
      }
    });
  }
  scheduler.ended(task.id);
  devices.release(task.id);
  tell(TaskEvent::Kind::aborted, task, -1);
  complete(task, TaskStatus::aborted);
}

void TaskRunner::State::fail(TaskRun& task, const DirectoryFailure& failure) {
  leave_gate(task);
  leave_queue(task);
  if (holds_window(task)) leave_window(task);
  ++steps;
  loop.cancel(std::exchange(task.timer, 0));
  scheduler.ended(task.id);
  devices.release(task.id);
  const TaskFailure told = describe(task, failure);
  Process& process = processes[task.spec.process];
  ++process.errors;
  ErrorStrategy strategy = ErrorStrategy::terminate;
  TaskFailure reported = told;
  const auto strategy_failed = [&] {
    strategy = ErrorStrategy::terminate;
    reported.cause += "\nand then its error strategy failed: " +
                      failure_of(std::current_exception(), Kind::native).cause;
  };
  try {
    const FailureDecision decision =
        task.callbacks->on_failure ? task.callbacks->on_failure(told) : FailureDecision{};
    strategy = effective_strategy(
        decision, {.of_task = task.failures + 1, .of_process = process.errors}, told.unrecoverable);
  } catch (...) {
    strategy_failed();
  }
  tell(TaskEvent::Kind::failed, task, told.exit_status, told.cause, word_of(strategy));
  try {
    if (strategy == ErrorStrategy::retry && task.callbacks->next_attempt && !is_stopping())
      return retry(task, told);
  } catch (...) {
    strategy_failed();
  }
  if (strategy == ErrorStrategy::ignore) {
    tell(TaskEvent::Kind::ignored, task, told.exit_status, told.cause);
  } else {
    end_run(reported, strategy == ErrorStrategy::finish ? Stopping::finish : Stopping::cancel);
  }
  complete(task, strategy == ErrorStrategy::ignore ? TaskStatus::ignored : TaskStatus::failed);
  pump(told.process);
  start_ready();
}

void TaskRunner::State::retry(TaskRun& task, const TaskFailure& failure) {
  const std::int64_t failures = task.failures + 1;
  const int attempt = task.spec.attempt + 1;
  TaskSpec next = task.callbacks->next_attempt(attempt, failure);
  next.process = task.spec.process;
  next.attempt = attempt;
  TaskEvent event = event_of(TaskEvent::Kind::retried, task);
  event.exit_status = failure.exit_status;
  event.cause = failure.cause;
  event.attempt = static_cast<int>(failures);
  for (TaskObserver* observer : observers) observer->on_task(event);
  const std::shared_ptr<TaskCallbacks> callbacks = task.callbacks;
  const ProcessId process = task.spec.process;
  tasks.erase(task.id);
  submit(std::move(next), callbacks, failures);
  pump(process);
  start_ready();
}

/// The same attempt in a new directory; whoever took the service away is not this task.
void TaskRunner::State::run_once_more(TaskRun& task) {
  TaskEvent event = event_of(TaskEvent::Kind::retried, task);
  event.cause = task.lost;
  for (TaskObserver* observer : observers) observer->on_task(event);
  TaskFailure failure = describe(task, {Kind::gate, task.lost, false});
  TaskSpec next = task.callbacks->next_attempt(task.spec.attempt, failure);
  next.process = task.spec.process;
  next.attempt = task.spec.attempt;
  const std::shared_ptr<TaskCallbacks> callbacks = task.callbacks;
  const ProcessId process = task.spec.process;
  const std::int64_t failures = task.failures;
  const int reruns = task.reruns + 1;
  scheduler.ended(task.id);
  tasks.erase(task.id);
  const TaskId id = submit(std::move(next), callbacks, failures);
  if (TaskRun* const again = find(id)) again->reruns = reruns;
  pump(process);
  start_ready();
}

void TaskRunner::State::end_run(const TaskFailure& failure, Stopping how) {
  if (!failure_told) {
    failure_told = true;
    RunFailure run{
        failure, format_report(failure, read_output_tail(failure.work_dir), options.job_id), 1, 0};
    if (how == Stopping::finish) {
      run.finishes = true;
      run.still_running = static_cast<std::size_t>(
          std::count_if(tasks.begin(), tasks.end(), [&](const auto& entry) {
            return entry.first != failure.id && entry.second->phase == TaskRun::Phase::running;
          }));
    }
    if (failure_handler) failure_handler(run);
  }
  stop(how);
}

void TaskRunner::State::stop(Stopping how) {
  if (how == Stopping::finish && stopping != Stopping::no) return;
  stopping = how;
  if (pace_timer != 0) loop.cancel(std::exchange(pace_timer, 0));
  for (const auto& [id, task] : tasks) {  // first: no end of a running one may start another
    if (task->phase == TaskRun::Phase::standby && task->tree_alive) withdraw(*task);
  }
  if (how == Stopping::cancel) {
    directories.remote->stop();
    for (const auto& [id, task] : tasks) {
      if (task->phase != TaskRun::Phase::running) continue;
      task->stopped = true;
      if (task->tree_alive) host.stop_tree(task->tree, SIGTERM, options.kill_grace);
    }
  }
  post([this] { abort_waiting(); });
}

/// Gives up what waits; what is on the pool is given up when it comes back.
void TaskRunner::State::abort_waiting() {
  std::vector<TaskId> given_up;
  for (const auto& [id, task] : waiting) given_up.push_back(id);
  for (const auto& [id, task] : tasks) {
    const TaskRun::Phase phase = task->phase;
    if (phase == TaskRun::Phase::gated || phase == TaskRun::Phase::queued ||
        phase == TaskRun::Phase::ready || phase == TaskRun::Phase::admitting ||
        phase == TaskRun::Phase::parked)
      given_up.push_back(id);
  }
  std::sort(given_up.begin(), given_up.end());
  for (const TaskId id : given_up) {
    if (TaskRun* task = find(id)) abort(*task);
  }
  check_idle();
}

void TaskRunner::State::check_idle() {
  if (idle_posted || has_tasks() || publishing > 0 || trees_alive > 0) return;
  if (pace_timer != 0) loop.cancel(std::exchange(pace_timer, 0));
  idle_posted = true;
  post([this] {
    idle_posted = false;
    if (!has_tasks() && publishing == 0 && trees_alive == 0 && idle_handler) idle_handler();
  });
}

}  // namespace weir::engine
