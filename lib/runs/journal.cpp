#include "runs/journal.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "jobs/run_folder.hpp"
#include "runs/estimate.hpp"
#include "runs/follower_mark.hpp"
#include "runs/log_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::runs {
namespace {

std::uint64_t key_of(const jobs::TaskRow& task) {
  return static_cast<std::uint64_t>(task.task) << 16U |
         (static_cast<std::uint64_t>(task.attempt) & 0xffffU);
}

void keep_known(jobs::TaskRow& now, jobs::TaskRow& before) {
  const auto keep = [](auto& value, auto& old) {
    if (value == std::decay_t<decltype(value)>()) value = std::move(old);
  };
  keep(now.name, before.name);
  keep(now.process, before.process);
  keep(now.tag, before.tag);
  keep(now.hash, before.hash);
  keep(now.workdir, before.workdir);
  keep(now.error, before.error);
  keep(now.exit_status, before.exit_status);
  keep(now.submitted_at, before.submitted_at);
  keep(now.started_at, before.started_at);
  keep(now.finished_at, before.finished_at);
  keep(now.metrics_json, before.metrics_json);
}

/// Worth trying again: the disk is full, or the database stayed locked.
bool may_pass(const Error& error) {
  return error.code() == "store_full" || error.kind() == ErrorKind::temporary;
}

}  // namespace

Journal::Journal(jobs::JobStore& store, jobs::Attempt attempt, Hooks hooks, Confirm confirm)
    : store_(store),
      attempt_(std::move(attempt)),
      folder_(jobs::RunFolder::path_of(store.state_dir(), attempt_.id)),
      hooks_(std::move(hooks)),
      confirm_(confirm),
      thread_([this] { work(); }) {}

Journal::~Journal() {
  try {
    close(End::no);
  } catch (const Error& error) {
    base::log(base::LogLevel::debug, "a journal could not be closed", {{"error", error.what()}});
  }
  if (thread_.joinable()) thread_.join();
}

void Journal::mask(std::string& text) const {
  if (hooks_.masked && !text.empty()) text = hooks_.masked(std::move(text));
}

void Journal::task(jobs::TaskRow task) {
  for (std::string* const text : {&task.name, &task.tag, &task.error}) mask(*text);
  const std::scoped_lock lock(mutex_);
  counters_.note(task);
  waiting_.counters_changed = true;
  const auto [place, is_new] = waiting_.places.try_emplace(key_of(task), waiting_.tasks.size());
  if (is_new) {
    waiting_.tasks.push_back(std::move(task));
  } else {
    keep_known(task, waiting_.tasks[place->second]);
    waiting_.tasks[place->second] = std::move(task);
  }
  tell_waiting();
}

/// With the lock held. While the thread gathers, another change is no reason to wake it.
void Journal::tell_waiting() {
  if (resting_) changed_.notify_one();
  resting_ = false;
}

void Journal::event(std::string type, std::string data_json) {
  mask(data_json);
  const std::scoped_lock lock(mutex_);
  waiting_.events.push_back({std::move(type), std::move(data_json)});
  tell_waiting();
}

void Journal::error(std::string_view level, std::string_view code, std::string_view message) {
  {
    const std::scoped_lock lock(mutex_);
    if (++errors_ > k_errors_max) return;
  }
  constexpr std::size_t k_message_bytes_max = std::size_t{16} << 10;
  std::string data = fmt::format(R"({{"level":"{}","code":"{}","message":")", level, code);
  append_json_text(data, message.substr(0, k_message_bytes_max));
  event("error", data + "\"}");
}

void Journal::with_counters(const std::function<void(Counters&)>& change) {
  const std::scoped_lock lock(mutex_);
  change(counters_);
  waiting_.counters_changed = true;
  tell_waiting();
}

void Journal::cancel(std::string actor, std::string reason,
                     std::optional<std::chrono::milliseconds> grace) {
  const std::scoped_lock lock(mutex_);
  cancel_wish_ = CancelWish{std::move(actor), std::move(reason), grace};
  changed_.notify_one();
}

void Journal::close(End end) {
  if (std::exchange(closed_, true)) return;
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
    final_ = end == End::yes;
    taken_ = parked_ && !cancel_wish_.has_value();
    changed_.notify_one();
  }
  // A thread that only waits need not be waited for: waking it takes longer than the last write.
  if (!taken_) thread_.join();
  if (failure_.has_value()) throw Error(*failure_);
  write(true);
  // Its end tells followers to ask the table, where the run's end comes next.
  tail_.reset();
}

void Journal::put_back(Waiting&& unwritten) {
  const std::scoped_lock lock(mutex_);
  std::vector<jobs::TaskRow> newer = std::move(waiting_.tasks);
  std::vector<jobs::NewEvent> events = std::move(waiting_.events);
  waiting_ = std::move(unwritten);
  waiting_.counters_changed = true;
  for (jobs::TaskRow& task : newer) {
    const auto [place, is_new] = waiting_.places.try_emplace(key_of(task), waiting_.tasks.size());
    if (is_new) {
      if (waiting_.tasks.size() < k_waiting_max) waiting_.tasks.push_back(std::move(task));
    } else if (place->second < waiting_.tasks.size()) {
      waiting_.tasks[place->second] = std::move(task);
    }
  }
  waiting_.events.insert(waiting_.events.end(), std::make_move_iterator(events.begin()),
                         std::make_move_iterator(events.end()));
}

/// Once, and not for a run that is over by its first write: it costs a look at earlier ones.
void Journal::estimate_total() {
  if (std::exchange(estimated_, true)) return;
  const std::optional<jobs::Job> run = store_.find(attempt_.id);
  const auto tasks = run.has_value() ? estimated_total(store_, *run) : std::nullopt;
  if (!tasks.has_value()) return;
  const std::scoped_lock lock(mutex_);
  counters_.set_estimated_total(*tasks);
}

void Journal::write(bool last) {
  if (!last && base::now_boot() < retry_at_) return;
  if (!last) estimate_total();
  Waiting batch;
  jobs::JobStore::Progress progress;
  {
    const std::scoped_lock lock(mutex_);
    if (last && final_) {
      counters_.finish();
      waiting_.counters_changed = waiting_.counters_changed || counters_.total() > 0;
    }
    batch = std::exchange(waiting_, {});
    if (batch.counters_changed) {
      progress.counts_json = counters_.to_json();
      progress.fraction = counters_.fraction().value_or(-1);
      progress.text = counters_.to_text();
    }
    if (last && errors_ > k_errors_max) {
      batch.events.push_back(
          {"error", fmt::format(R"({{"level":"warning","code":"errors_not_shown","message":)"
                                R"("{} more errors"}})",
                                errors_ - k_errors_max)});
    }
  }
  const base::BootTime now = base::now_boot();
  const bool due = last || now - progress_at_ >= k_progress_interval;
  if (due && !progress.counts_json.empty() && progress.counts_json != progress_written_) {
    progress_at_ = now;
    progress_written_ = progress.counts_json;
    batch.events.push_back({"progress", progress.counts_json});
  }
  if (batch.empty()) return;
  progress.tasks = batch.tasks;
  progress.events = batch.events;
  try {
    jobs::JobStore::Recorded recorded;
    if (tail_.has_value()) recorded = [&](const auto& events) { tail_->append(events); };
    static_cast<void>(store_.record_progress(attempt_, progress, recorded));
  } catch (const Error& error) {  // a retry loop: the disk may have room again
    if (!may_pass(error)) throw;
    put_back(std::move(batch));
    retry_at_ = base::now_boot() + k_retry_pause;
    if (last) throw;
  }
}

void Journal::watch_cancel() {
  std::optional<CancelWish> wish;
  {
    const std::scoped_lock lock(mutex_);
    wish = std::exchange(cancel_wish_, std::nullopt);
  }
  if (wish.has_value()) {
    static_cast<void>(store_.cancel(attempt_.id, wish->actor, wish->reason, wish->grace));
  }
  if (!store_.cancel_requested(attempt_)) return;
  const std::optional<jobs::Job> job = store_.find(attempt_.id);
  if (!job.has_value() || (cancel_seen_ && job->cancel_grace == grace_seen_)) return;
  cancel_seen_ = true;
  grace_seen_ = job->cancel_grace;
  if (hooks_.cancelled) hooks_.cancelled(*job);
}

std::chrono::milliseconds Journal::gather_time() {
  if (base::now_boot() - written_at_ >= k_gather_flow) return k_gather;
  const bool followed = FollowerMark::is_on(folder_);
  if (!followed) {
    tail_.reset();
  } else if (!tail_.has_value()) {
    tail_.emplace(folder_, attempt_.id);
  }
  return followed ? k_gather_followed : k_gather_flow;
}

std::optional<Journal::Turn> Journal::await_turn() {
  Turn turn;
  // By itself: what came meanwhile waits like all that comes later. A short run is over first.
  turn.confirm = std::exchange(confirm_, Confirm::no) == Confirm::yes;
  std::unique_lock lock(mutex_);
  const auto urgent = [&] { return turn.confirm || closing_ || cancel_wish_.has_value(); };
  resting_ = parked_ = true;
  changed_.wait_for(lock, k_cancel_watch, [&] { return urgent() || !waiting_.empty(); });
  resting_ = false;
  // What comes within the next milliseconds is written with it.
  if (!taken_ && !turn.confirm && !waiting_.empty()) {
    parked_ = false;  // the tail may be dropped, which is not to hold up those who tell us
    lock.unlock();
    const std::chrono::milliseconds gather = gather_time();
    lock.lock();
    parked_ = true;
    changed_.wait_for(lock, gather, urgent);
  }
  parked_ = false;
  if (taken_) return std::nullopt;
  turn.last = closing_;
  turn.cancel = cancel_wish_.has_value();
  turn.write = !turn.last && !turn.confirm && !waiting_.empty();
  return turn;
}

/// Whether the counters' last value is still to be told: also when nothing changes any more.
bool Journal::progress_is_due() {
  if (base::now_boot() - progress_at_ < k_progress_interval) return false;
  const std::scoped_lock lock(mutex_);
  if (!progress_written_.empty() && counters_.to_json() != progress_written_)
    waiting_.counters_changed = true;
  return true;
}

void Journal::take(const Turn& turn) {
  if (turn.confirm) {
    static_cast<void>(store_.confirm(attempt_));
    store_.expect_progress();  // while the first tasks run
  }
  if (turn.write || (!turn.last && !turn.confirm && progress_is_due())) {
    write(false);
    written_at_ = base::now_boot();
  }
  if (turn.cancel || (!turn.last && base::now_boot() - looked_at_ >= k_cancel_watch)) {
    looked_at_ = base::now_boot();
    watch_cancel();
  }
}

/// Kept for `close`, and told at once, the first time.
void Journal::fail(const Error& error) {
  if (std::exchange(failed_, true)) return;
  failure_ = error;
  if (hooks_.failed) hooks_.failed(error);
}

void Journal::work() {
  for (bool last = false; !last;) {
    const std::optional<Turn> turn = await_turn();
    if (!turn.has_value()) return;
    last = turn->last;
    try {
      take(*turn);
    } catch (const Error& error) {  // the thread's end: `close` throws it
      if (!may_pass(error)) fail(error);
    } catch (const std::exception& error) {
      fail(Error(ErrorKind::bug, error.what()));
    }
  }
}

}  // namespace weir::runs
