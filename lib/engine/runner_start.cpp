// The first half of TaskRunner: from submit to the start of the program.
#include "base/error.hpp"
#include "engine/command_files.hpp"
#include "engine/internal/runner_state.hpp"

#include <csignal>
#include <utility>

namespace weir::engine {
namespace {

using Kind = TaskFailure::Kind;

/// Numbers of descriptors that late gates hand to a task: above those that shells use themselves.
constexpr int k_inherited_first = 100;

std::string what(const std::exception_ptr& error) {
  return failure_of(error, Kind::native).cause;
}

}  // namespace

TaskId TaskRunner::State::submit(TaskSpec spec, std::shared_ptr<TaskCallbacks> callbacks,
                                 std::int64_t failures) {
  auto owned = std::make_unique<TaskRun>();
  TaskRun& task = *owned;
  task.id = ++last_id;
  task.spec = std::move(spec);
  task.callbacks = std::move(callbacks);
  task.failures = failures;
  tasks.emplace(task.id, std::move(owned));
  ++processes[task.spec.process].pending;
  begin(task);
  return task.id;
}

void TaskRunner::State::begin(TaskRun& task) {
  task.phase = TaskRun::Phase::looking;
  if (is_stopping()) return post(task.id, &State::abort);
  if (const std::string reason = scheduler.objection(task.spec.resources).value_or("");
      !reason.empty()) {
    task.failure = DirectoryFailure{Kind::refused, reason, true};
    return post(task.id, &State::looked_up);
  }
  const bool may_reuse = options.resume && task.spec.cache != CacheMode::off && task.failures == 0;
  if (!may_reuse && task.spec.store_dir.empty()) return post(task.id, &State::pass_gate);
  blocking(
      task,
      [this, may_reuse](TaskRun& run) {
        run.finished = find_stored(run.spec);
        if (run.finished || !may_reuse) return;
        run.key = make_key(run.spec, directories);
        run.finished = find_finished(run.spec, *run.key, directories);
      },
      &State::looked_up);
}

void TaskRunner::State::looked_up(TaskRun& task) {
  if (stopping == Stopping::cancel) return abort(task);
  if (task.step_error) {
    return fail(task, failure_of(std::exchange(task.step_error, nullptr), Kind::cannot_start));
  }
  if (task.failure) return fail(task, *task.failure);
  if (!task.finished) return pass_gate(task);
  leave_queue(task);
  publish(task);
}

/// The attempt does not count as waiting any more; the language side may have another one.
void TaskRunner::State::leave_queue(TaskRun& task) {
  if (std::exchange(task.left_queue, true)) return;
  const ProcessId id = task.spec.process;
  Process& process = processes[id];
  --process.pending;
  if (!room_handler || process.room_posted) return;
  process.room_posted = true;
  post([this, id] {
    processes[id].room_posted = false;
    room_handler(id);
  });
}

void TaskRunner::State::leave_gate(TaskRun& task) {
  if (std::exchange(task.counted_gated, false)) --gated;
}

/// The attempt is not prepared ahead of its start any more: it starts, or is given up.
void TaskRunner::State::leave_window(TaskRun& task) {
  --processes[task.spec.process].ahead;
  if (task.streams_early) --streams_early;
}

void TaskRunner::State::pass_gate(TaskRun& task) {
  if (is_stopping()) return abort(task);
  if (!task.callbacks->prepare) return enqueue(task);
  task.phase = TaskRun::Phase::gated;
  // Many may wait at gates at the same time: what they wait for is under way for all of them.
  if (task.callbacks->many_may_wait && !task.counted_gated && gated < k_gated_max) {
    task.counted_gated = true;
    ++gated;
    leave_queue(task);
  }
  const TaskId id = task.id;
  task.callbacks->prepare(id, task.spec, [this, weak = weak_from_this(), id](Prepared answer) {
    const auto alive = weak.lock();
    if (!alive) return;
    auto shared = std::make_shared<Prepared>(std::move(answer));
    post([this, id, shared] { proceed(id, std::move(*shared)); });
  });
  if (task.counted_gated && task.prepared.work_dir.empty()) pack(task);
}

/// Its key is made when it is prepared: what it waits for may change its inputs.
void TaskRunner::State::pack(TaskRun& task) {
  Process& process = processes[task.spec.process];
  if (!process.pattern) process.pattern = PackedSpec::pattern_of(task.spec);
  const TaskId id = task.id;
  const ProcessId process_id = task.spec.process;
  waiting.emplace(
      id, WaitingRun{PackedSpec(std::move(task.spec), process.pattern), std::move(task.callbacks),
                     task.failures, task.valid_until, process_id, task.reruns, false});
  tasks.erase(id);
}

TaskRun& TaskRunner::State::unpack(TaskId id) {
  auto node = waiting.extract(id);
  WaitingRun& packed = node.mapped();
  auto owned = std::make_unique<TaskRun>();
  owned->id = id;
  owned->phase = packed.queued ? TaskRun::Phase::queued : TaskRun::Phase::gated;
  owned->spec = packed.spec.unpack();
  owned->callbacks = std::move(packed.callbacks);
  owned->failures = packed.failures;
  owned->valid_until = packed.valid_until;
  owned->reruns = packed.reruns;
  owned->counted_gated = true;
  owned->left_queue = true;
  return *(tasks[id] = std::move(owned));
}

void TaskRunner::State::proceed(TaskId id, Prepared answer) {
  const auto packed = waiting.find(id);
  if (packed != waiting.end() && !packed->second.queued && !is_stopping() &&
      answer.failure.empty() && !answer.spec) {  // it may stay packed until its turn comes
    ++steps;
    WaitingRun& run = packed->second;
    run.queued = true;
    if (answer.valid_for) run.valid_until = base::now_boot() + *answer.valid_for;
    const ProcessId process = run.process;
    processes[process].queued.push_back(id);
    return pump(process);
  }
  TaskRun* task = find(id);
  // An answer may come twice, or after the task was given up.
  if (task == nullptr || task->phase != TaskRun::Phase::gated) return;
  ++steps;
  task->phase = TaskRun::Phase::looking;
  if (is_stopping()) return abort(*task);
  if (answer.valid_for) task->valid_until = base::now_boot() + *answer.valid_for;
  if (!answer.failure.empty())
    return fail(*task, {Kind::gate, std::move(answer.failure), answer.unrecoverable});
  if (!task->prepared.work_dir.empty()) {  // it was asked again; its directory is there
    stand_in_line(*task);
    return start_ready();
  }
  if (answer.spec) {
    TaskSpec& late = *answer.spec;
    late.process = task->spec.process;
    late.name = task->spec.name;
    late.resources = task->spec.resources;
    late.attempt = task->spec.attempt;
    late.key = std::move(task->spec.key);
    task->spec = std::move(late);
  }
  enqueue(*task);
}

void TaskRunner::State::enqueue(TaskRun& task) {
  task.phase = TaskRun::Phase::queued;
  processes[task.spec.process].queued.push_back(task.id);
  pump(task.spec.process);
}

void TaskRunner::State::pump(ProcessId process_id) {
  Process& process = processes[process_id];
  while (!is_stopping() && process.ahead < ahead_max && !process.queued.empty()) {
    TaskRun* task = find(process.queued.front());
    process.queued.pop_front();
    if (task == nullptr) continue;
    ++process.ahead;
    leave_queue(*task);
    leave_gate(*task);
    task->phase = TaskRun::Phase::preparing;
    const bool open_early = ++streams_early <= k_streams_early_max;
    if (!open_early) --streams_early;
    task->streams_early = open_early;
    blocking(
        *task,
        [this, open_early](TaskRun& run) {
          fetch_inputs(run.spec, directories);
          if (!run.key) run.key = make_key(run.spec, directories);
          const int first_try = static_cast<int>(run.failures) + 1;
          run.prepared = claim_directory(*run.key, first_try, directories);
          fill_directory(run.spec, directories, run.prepared);
          if (open_early && !run.spec.native)
            run.files = open_streams(run.spec, *run.prepared.folder);
          // For its end, too; not with every descriptor there is.
          if (!open_early) run.prepared.folder.reset();
        },
        &State::prepared);
  }
}

void TaskRunner::State::prepared(TaskRun& task) {
  if (is_stopping()) return abort(task);
  if (task.step_error)
    return fail(task, failure_of(std::exchange(task.step_error, nullptr), Kind::staging));
  task.usage.submit_ms = base::to_millis(base::now_wall());
  stand_in_line(task);
  start_ready();
}

void TaskRunner::State::stand_in_line(TaskRun& task) {
  task.phase = TaskRun::Phase::ready;
  // One that depends on gates or services is looked at again when its turn comes; which devices it
  // gets is known only then, too.
  const bool by_itself =
      !task.spec.native && !task.callbacks->prepare && task.spec.resources.accelerators == 0;
  scheduler.ready(task.id, task.spec.process, task.spec.resources,
                  by_itself ? Scheduler::Promises::yes : Scheduler::Promises::no);
}

void TaskRunner::State::start_ready() {
  while (!is_stopping() && may_submit()) {
    const auto next = scheduler.take_next();
    if (!next) break;
    ++steps;
    if (const auto aside = set_aside.find(*next); aside != set_aside.end()) {
      post(std::exchange(aside->second, nullptr));
      continue;
    }
    TaskRun* task = find(*next);
    WEIR_ASSERT(task != nullptr);
    if (pace.is_limited()) pace.taken(base::now_boot());
    if (task->phase == TaskRun::Phase::standby) {
      host.start_now(task->tree);
    } else if (task->valid_until && base::now_boot() >= *task->valid_until) {
      wait_again(*task);
    } else if (task->callbacks->admit && !task->admitted) {
      ask_admission(*task);
    } else {
      launch(*task, TaskRun::Phase::running);
    }
  }
  // The host knows no pace.
  while (!is_stopping() && !pace.is_limited()) {
    const auto next = scheduler.promise_next();
    if (!next) break;
    TaskRun* task = find(*next);
    WEIR_ASSERT(task != nullptr);
    launch(*task, TaskRun::Phase::standby);
  }
}

/// False: not yet; it is looked at again when the time has come.
bool TaskRunner::State::may_submit() {
  if (!pace.is_limited()) return true;
  const auto wait = pace.wait(base::now_boot());
  if (wait.count() <= 0) return true;
  if (pace_timer == 0) {
    pace_timer = loop.after(std::chrono::ceil<std::chrono::milliseconds>(wait),
                            [this, weak = weak_from_this()] {
                              const auto alive = weak.lock();
                              if (!alive) return;
                              pace_timer = 0;
                              start_ready();
                            });
  }
  return false;
}

/// What it waited for at its early gates does not hold any more.
void TaskRunner::State::wait_again(TaskRun& task) {
  scheduler.ended(task.id);
  task.valid_until.reset();
  pass_gate(task);
}

void TaskRunner::State::ask_admission(TaskRun& task) {
  task.phase = TaskRun::Phase::admitting;
  const TaskId id = task.id;
  task.callbacks->admit(id, [this, weak = weak_from_this(), id](Admitted answer) {
    const auto alive = weak.lock();
    if (!alive) return;
    auto shared = std::make_shared<Admitted>(std::move(answer));
    post([this, id, shared] { take_admission(id, std::move(*shared)); });
  });
}

void TaskRunner::State::take_admission(TaskId id, Admitted answer) {
  TaskRun* task = find(id);
  if (task == nullptr || task->phase != TaskRun::Phase::admitting) return;
  if (is_stopping()) return abort(*task);
  switch (answer.kind) {
    case Admitted::Kind::wait:
      task->phase = TaskRun::Phase::parked;
      if (pace.is_limited()) pace.give_back();
      scheduler.ended(id);  // a task that waits holds nothing
      return start_ready();
    case Admitted::Kind::failed:
      return fail(*task, {Kind::gate, std::move(answer.failure), answer.unrecoverable});
    case Admitted::Kind::yes:
      task->admitted = true;
      task->inherited = std::move(answer.descriptors);
      return launch(*task, TaskRun::Phase::running);
  }
}

void TaskRunner::State::launch(TaskRun& task, TaskRun::Phase phase) {
  task.phase = phase;
  const ProcessId process = task.spec.process;
  leave_window(task);
  if (phase == TaskRun::Phase::running) begun(task, base::now_boot());
  if (task.spec.native) {
    post(task.id, &State::run_native);
  } else {
    start_program(task);
  }
  pump(process);
}

void TaskRunner::State::begun(TaskRun& task, base::BootTime when) {
  task.phase = TaskRun::Phase::running;
  task.usage.start_ms = base::to_millis(base::wall_at(when));
  task.started = when;
  tell(TaskEvent::Kind::submitted, task, -1);
}

void TaskRunner::State::limit_memory(TaskRun& task, base::SpawnOptions& program) const {
  const std::int64_t bytes = task.spec.resources.memory_bytes;
  if (options.groups) {
    task.group = options.groups->make(bytes);
    program.group_fd = task.group->members_fd();
  } else {  // one more exec
    program.argv.insert(program.argv.begin(),
                        {"/usr/bin/prlimit", "--data=" + std::to_string(bytes)});
  }
}

void TaskRunner::State::start_program(TaskRun& task) {
  const TaskId id = task.id;
  if (!task.lost.empty()) {
    task.failure = DirectoryFailure{Kind::gate, task.lost, false};
    return post(task.id, &State::concluded);
  }
  try {
    if (!task.files.output)
      task.files = open_streams(task.spec, base::Folder(task.prepared.work_dir));
    base::SpawnOptions program;
    program.argv = task.prepared.argv;
    std::vector<std::string>& variables =
        host_has_environment ? program.environment_changes : program.environment.emplace();
    const auto make_variables = host_has_environment ? environment_changes : task_environment;
    variables = make_variables(task.spec, task.prepared.work_dir, options.environment);
    if (task.spec.resources.accelerators > 0)
      devices.assign(task.id, task.spec.resources.accelerators, variables);
    // A container's engine has the limit itself.
    if (is_memory_limited(task)) limit_memory(task, program);
    program.directory = task.prepared.work_dir;
    program.count_io = options.measure_tasks;
    program.stdin_fd = task.files.input.get();
    program.stdout_fd = task.files.output.get();
    program.stderr_fd = task.files.errors.get();
    for (std::size_t i = 0; i < task.inherited.size(); ++i)
      program.extra_fds.emplace_back(task.inherited[i], k_inherited_first + static_cast<int>(i));
    task.tree =
        host.start(program,
                   {.started = [this, id](pid_t leader,
                                          const std::string& error) { started(id, leader, error); },
                    .exited = [this, id](const base::HostedExit& exit) { exited(id, exit); },
                    .emptied =
                        [this, id, group = task.group] {
                          --trees_alive;
                          if (TaskRun* run = find(id)) run->tree_alive = false;
                          check_idle();
                        }},
                   {.line = scheduler.line_of(id), .waits = task.phase == TaskRun::Phase::standby});
    task.files = {};
    task.tree_alive = true;
    if (++trees_alive > k_folders_max) task.prepared.folder.reset();
  } catch (const Error&) {
    task.failure = failure_of(std::current_exception(), Kind::cannot_start);
    post(task.id, &State::concluded);
  }
}

void TaskRunner::State::started(TaskId id, pid_t leader, const std::string& error) {
  TaskRun* const task = find(id);
  if (!error.empty()) --trees_alive;
  if (task == nullptr) return;
  if (!error.empty()) return not_started(*task, error);
  if (task->phase == TaskRun::Phase::standby) {
    scheduler.promise_kept(id);
    begun(*task, host.moment());
  }
  task->native_id = leader;
  if (options.measure_tasks) memory_watch.add(id, leader);
  tell(TaskEvent::Kind::started, *task, -1);
  if (task->withdrawn && (stopping == Stopping::cancel || !task->lost.empty())) {
    task->stopped = stopping == Stopping::cancel;
    host.stop_tree(task->tree, SIGTERM, options.kill_grace);
  }
  if (task->spec.resources.time.count() == 0) return;
  task->timer = loop.after(task->spec.resources.time, [this, id] {
    TaskRun* run = find(id);
    if (run == nullptr || run->phase != TaskRun::Phase::running) return;
    run->timed_out = true;
    host.stop_tree(run->tree, SIGTERM, options.kill_grace);
  });
}

void TaskRunner::State::not_started(TaskRun& task, const std::string& error) {
  task.tree_alive = false;
  if (!task.withdrawn || task.phase != TaskRun::Phase::standby)
    return fail(task, {Kind::cannot_start, "cannot start the task: " + error, false});
  if (!task.lost.empty()) return fail(task, {Kind::gate, task.lost, false});
  abort(task);
}

/// A task on standby is not wanted any more; `started` or `not_started` goes on with it.
void TaskRunner::State::withdraw(TaskRun& task) {
  task.withdrawn = true;
  host.withdraw(task.tree);
}

void TaskRunner::State::run_native(TaskRun& task) {
  if (stopping == Stopping::cancel) return abort(task);
  try {
    task.spec.context = task.spec.native(task.prepared.work_dir);
  } catch (...) {
    if (task.callbacks->ends_run && task.callbacks->ends_run(std::current_exception()))
      return abort(task);
    task.failure = DirectoryFailure{Kind::native, what(std::current_exception()), false};
  }
  conclude_task(task, 0, base::now_boot());
}

}  // namespace weir::engine
