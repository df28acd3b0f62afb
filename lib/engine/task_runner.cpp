#include "engine/task_runner.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/internal/runner_state.hpp"
#include "engine/publish.hpp"
#include "engine/remote_files.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace weir::engine {

TaskRunner::State::State(base::EventLoop& event_loop, base::ProcessHost& process_host,
                         base::ThreadPool& work_pool, RunnerOptions runner_options)
    : loop(event_loop),
      host(process_host),
      pool(work_pool),
      options(std::move(runner_options)),
      directories{options.work_dir, options.temp_dir, options.revision_dir, options.run_id,
                  std::make_shared<RemoteFiles>(options.environment)},
      scheduler({.cpus = options.cpus,
                 .memory_bytes = options.memory_bytes,
                 .accelerators = static_cast<std::int64_t>(options.devices.ids.size()),
                 .tasks = options.queue_size}),
      devices(options.devices),
      memory_watch(event_loop),
      pace(options.submit_interval) {
  // Enough that a slot never waits for a directory; few, since a killed run leaves them behind.
  const double slots = std::clamp(options.cpus, 2.0, 16.0);
  ahead_max = static_cast<std::size_t>(slots) + 2;
  host_has_environment = options.environment == base::own_environment();
}

/// Runs on the loop, unless the runner has gone by then.
void TaskRunner::State::post(std::function<void()> handler) {
  loop.post([weak = weak_from_this(), handler = std::move(handler)] {
    if (const auto alive = weak.lock()) handler();
  });
}

void TaskRunner::State::post(TaskId id, Step step) {
  post([this, id, step] {
    if (TaskRun* task = find(id)) (this->*step)(*task);
  });
}

/// `work` on the pool, then `done` on the loop. The task is not destroyed in between.
///
/// What one turn of the loop brings up (the end of one task, the preparation of another) goes over
/// together: waking a thread and being woken by it cost as much as the work itself.
void TaskRunner::State::blocking(TaskRun& task, std::function<void(TaskRun&)> work, Step done) {
  if (batch.empty()) {
    loop.hold();
    post([this] { flush_blocking(); });
  }
  batch.push_back({&task, std::move(work), done});
}

void TaskRunner::State::do_blocking(const std::vector<Blocking>& portion) {
  for (const Blocking& one : portion) {
    try {
      one.work(*one.task);
    } catch (...) {
      one.task->step_error = std::current_exception();
    }
  }
}

void TaskRunner::State::end_blocking(const std::vector<Blocking>& portion) {
  for (const Blocking& one : portion) {
    if (!gone) (this->*one.done)(*one.task);
  }
}

/// The work of a small task: done sooner here than by a thread that must be woken and wakes the
/// loop in turn. With many tasks running the loop has enough to do.
bool TaskRunner::State::is_quick(const std::vector<Blocking>& portion) const {
  constexpr std::size_t k_works_max = 16;
  constexpr std::size_t k_trees_max = 24;  // running and on standby
  if (portion.size() > k_works_max || trees_alive > k_trees_max || !work_dir_is_local) return false;
  return std::all_of(portion.begin(), portion.end(), [this](const Blocking& one) {
    const TaskSpec& spec = one.task->spec;
    return !processes[spec.process].slow_files && spec.remote.empty() &&
           spec.stage_in_mode != StageMode::copy && spec.cache != CacheMode::deep;
  });
}

/// On the loop. Files that take their time (many of them, a slow disk) do so once for each process.
void TaskRunner::State::do_here(const std::vector<Blocking>& portion) {
  constexpr std::chrono::milliseconds k_quick_max{10};  // and what the machine adds when it is busy
  const base::BootTime begin = base::now_boot();
  do_blocking(portion);
  if (base::now_boot() - begin > k_quick_max) {
    for (const Blocking& one : portion) processes[one.task->spec.process].slow_files = true;
  }
  end_blocking(portion);
}

void TaskRunner::State::submit_portion(base::ThreadPool& threads, std::vector<Blocking> works) {
  auto portion = std::make_shared<std::vector<Blocking>>(std::move(works));
  loop.hold();
  threads.submit([this, self = shared_from_this(), portion] {
    do_blocking(*portion);
    loop.post([this, self, portion] {
      loop.release();
      end_blocking(*portion);
    });
  });
}

void TaskRunner::State::flush_blocking() {
  // Small portions, so that a burst is spread over the threads.
  constexpr std::size_t k_portion = 4;
  std::vector<Blocking> all = std::move(batch);
  batch.clear();
  if (is_quick(all)) {
    do_here(all);
    return loop.release();
  }
  const auto far = std::stable_partition(
      all.begin(), all.end(), [](const Blocking& one) { return one.task->spec.remote.empty(); });
  for (auto one = far; one != all.end(); ++one) {
    if (!fetchers) fetchers = std::make_unique<base::ThreadPool>(k_fetchers);
    submit_portion(*fetchers, {std::move(*one)});
  }
  all.erase(far, all.end());
  for (std::size_t begin = 0; begin < all.size(); begin += k_portion) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        all.begin() + static_cast<std::ptrdiff_t>(std::min(begin + k_portion, all.size()));
    submit_portion(pool, {std::make_move_iterator(first), std::make_move_iterator(last)});
  }
  loop.release();
}

TaskEvent TaskRunner::State::event_of(TaskEvent::Kind kind, const TaskRun& task) const {
  const FinishedTask* finished = task.finished ? &*task.finished : nullptr;
  TaskEvent event;
  event.kind = kind;
  event.id = task.id;
  event.process = task.spec.process;
  event.process_name = processes[task.spec.process].info.name;
  event.name = task.spec.name;
  event.tag = task.spec.tag;
  event.hash = finished ? finished->hash : task.prepared.hash;
  event.work_dir = finished ? finished->work_dir : task.prepared.work_dir;
  event.script = task.spec.script;
  event.attempt = task.spec.attempt;
  event.native_id = task.native_id;
  event.resources = task.spec.resources;
  event.usage = finished ? finished->usage : task.usage;
  event.spec = &task.spec;
  event.key = task.key ? &*task.key : nullptr;
  return event;
}

void TaskRunner::State::tell(TaskEvent::Kind kind, const TaskRun& task, int exit_status,
                             std::string_view cause, std::string_view action) {
  if (observers.empty()) return;
  TaskEvent event = event_of(kind, task);
  event.exit_status = task.spec.native ? -1 : exit_status;  // a closure has none
  event.cause = cause;
  event.action = action;
  for (TaskObserver* observer : observers) observer->on_task(event);
}

TaskRun* TaskRunner::State::find(TaskId id) {
  const auto found = tasks.find(id);
  if (found != tasks.end()) return found->second.get();
  return waiting.contains(id) ? &unpack(id) : nullptr;
}

TaskRunner::TaskRunner(base::EventLoop& loop, base::ProcessHost& host, base::ThreadPool& pool,
                       RunnerOptions options)
    : state_(std::make_shared<State>(loop, host, pool, std::move(options))) {
  base::make_folders(state_->options.work_dir);
  state_->work_dir_is_local = !base::network_file_system(state_->options.work_dir);
}

TaskRunner::~TaskRunner() {
  // Work in the pool refers to tasks; its results, posted to the loop, find none.
  state_->directories.remote->stop();
  state_->pool.wait_idle();
  state_->fetchers.reset();
  state_->gone = true;
  state_->tasks.clear();
  state_->waiting.clear();
}

ProcessId TaskRunner::add_process(ProcessInfo info) {
  state_->scheduler.add_process(info.max_forks);
  state_->processes.push_back({.info = std::move(info), .queued = {}});
  return static_cast<ProcessId>(state_->processes.size() - 1);
}

void TaskRunner::add_observer(TaskObserver& observer) {
  state_->observers.push_back(&observer);
}

bool TaskRunner::has_room(ProcessId process) const {
  return state_->processes.at(process).pending < k_pending_per_process_max;
}

void TaskRunner::on_room(std::function<void(ProcessId)> handler) {
  state_->room_handler = std::move(handler);
}

TaskId TaskRunner::submit(TaskSpec spec, TaskCallbacks callbacks) {
  WEIR_ASSERT(spec.process < state_->processes.size());
  return state_->submit(std::move(spec), std::make_shared<TaskCallbacks>(std::move(callbacks)), 0);
}

void TaskRunner::publish(const std::vector<PublishAction>& actions, const std::string& what) {
  TaskFailure failure;
  failure.kind = TaskFailure::Kind::publishing;
  failure.name = what;
  failure.unrecoverable = true;
  state_->publish_in_background(actions, std::move(failure));
}

void TaskRunner::cancel_all() {
  state_->stop(State::Stopping::cancel);
}
void TaskRunner::finish_running() {
  state_->stop(State::Stopping::finish);
}

void TaskRunner::on_run_failure(std::function<void(const RunFailure&)> handler) {
  state_->failure_handler = std::move(handler);
}

void TaskRunner::on_idle(std::function<void()> handler) {
  state_->idle_handler = std::move(handler);
}

bool TaskRunner::is_idle() const {
  return !state_->has_tasks() && state_->publishing == 0 && state_->trees_alive == 0;
}

bool TaskRunner::is_publishing() const {
  return state_->publishing > 0;
}

void TaskRunner::fail_running(TaskId id, const std::string& cause) {
  TaskRun* const task = state_->find(id);
  if (task == nullptr || task->finished) return;
  task->lost = cause;
  if (task->phase == TaskRun::Phase::standby && task->tree_alive) state_->withdraw(*task);
  if (task->phase == TaskRun::Phase::running && task->tree_alive)
    state_->host.stop_tree(task->tree, SIGTERM, state_->options.kill_grace);
}

void TaskRunner::rerun(TaskId id, const std::string& cause) {
  TaskRun* const task = state_->find(id);
  if (task == nullptr || task->finished) return;
  task->rerun = task->reruns < k_reruns_max && task->callbacks->next_attempt;
  fail_running(id, cause);
}

void TaskRunner::ask_again(TaskId id) {
  TaskRun* const task = state_->find(id);
  if (task == nullptr || task->phase != TaskRun::Phase::parked || state_->is_stopping()) return;
  state_->stand_in_line(*task);
  state_->post([state = state_.get()] { state->start_ready(); });
}

TaskId TaskRunner::set_aside(ProcessId process, const Resources& resources,
                             std::function<void()> granted) {
  const TaskId id = ++state_->last_id;
  state_->set_aside.emplace(id, std::move(granted));
  state_->scheduler.ready(id, process, resources, Scheduler::Promises::no);
  state_->post([state = state_.get()] { state->start_ready(); });
  return id;
}

void TaskRunner::give_back(TaskId id) {
  if (state_->set_aside.erase(id) == 0) return;
  state_->scheduler.ended(id);
  ++state_->steps;
  state_->post([state = state_.get()] { state->start_ready(); });
}

void TaskRunner::note(const TaskEvent& event) const {
  for (TaskObserver* observer : state_->observers) observer->on_task(event);
}

TaskRunner::Facts TaskRunner::facts() const {
  Facts facts;
  facts.steps = state_->steps;
  for (const auto& [id, task] : state_->tasks) {
    const TaskRun::Phase phase = task->phase;
    if (phase == TaskRun::Phase::ready) {
      if (facts.waiting++ > 0) continue;
      facts.first_waiting = task->spec.name;
      facts.first_needs = task->spec.resources;
    } else if (phase == TaskRun::Phase::standby) {
      ++facts.running;  // one of its kind runs
      if (facts.promised++ > 0) continue;
      facts.first_promised = task->spec.name;
      facts.promised_needs = task->spec.resources;
    } else if (phase != TaskRun::Phase::gated && phase != TaskRun::Phase::queued &&
               phase != TaskRun::Phase::parked) {
      ++facts.running;
    }
  }
  return facts;
}

void TaskRunner::host_lost() {
  std::vector<TaskId> running;
  for (const auto& [id, task] : state_->tasks) {
    const bool with_host =
        task->phase == TaskRun::Phase::running || task->phase == TaskRun::Phase::standby;
    if (with_host && !task->spec.native) running.push_back(id);
  }
  std::sort(running.begin(), running.end());
  for (const TaskId id : running) {
    TaskRun* task = state_->find(id);
    if (task == nullptr) continue;
    task->tree_alive = false;
    state_->fail(*task,
                 {TaskFailure::Kind::cannot_start,
                  "the helper process that runs tasks was killed, and with it the task", true});
  }
  state_->trees_alive = 0;
  state_->check_idle();
}

}  // namespace weir::engine
