#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "jobs/job_store.hpp"
#include "runs/counters.hpp"
#include "runs/event_tail.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace weir::runs {

/// Writes down what an active run tells, on a thread of its own, so that neither a busy database
/// nor anybody who reads it can hold up the run: task states (merged, one write for all of a few
/// milliseconds), events, counters. Also watches for a recorded wish to end the run.
///
/// From its making to `close`, the store belongs to this object: nobody else may use it.
class Journal {
 public:
  struct Hooks {
    /// On the journal's thread: somebody asked for the end, or asked again with less patience; the
    /// recorded job tells who.
    std::function<void(const jobs::Job&)> cancelled;
    /// On the journal's thread, once: the store cannot be written. The run should end.
    std::function<void(const Error&)> failed;
    /// On the thread of whoever tells: a text without what must not be written down. Empty: as is.
    std::function<std::string(std::string)> masked;
  };
  /// `Confirm::yes`: its first deed is to record that the run runs, off the run's own thread.
  enum class Confirm { no, yes };
  Journal(jobs::JobStore& store, jobs::Attempt attempt, Hooks hooks, Confirm confirm = Confirm::no);
  /// Closes, if nobody did; errors are lost then.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// From the run's thread; never blocks on the database. `task` replaces what is waiting to be
  /// written of the same attempt; fields that are empty keep what was known.
  void task(jobs::TaskRow task);
  void event(std::string type, std::string data_json);
  /// An `error` event; after the first hundred they are only counted.
  void error(std::string_view level, std::string_view code, std::string_view message);
  /// Changes the counters under their lock.
  void with_counters(const std::function<void(Counters&)>& change);

  /// Records a wish to end the run, as somebody else would (signals, time limits); `cancelled` is
  /// told then.
  void cancel(std::string actor, std::string reason,
              std::optional<std::chrono::milliseconds> grace);

  /// Writes everything that is waiting and gives the store back. `end`: the run has ended, so the
  /// counters are final. Throws Error when it cannot be written.
  enum class End { no, yes };
  void close(End end);

  /// How long changes are gathered: the first after a silence are told soon; a steady flow of them
  /// in larger portions, since every transaction costs the run's tasks a share of the machine, and
  /// another one for each follower that it wakes.
  static constexpr std::chrono::milliseconds k_gather{15};
  static constexpr std::chrono::milliseconds k_gather_followed{40};
  static constexpr std::chrono::milliseconds k_gather_flow{200};
  static constexpr std::chrono::milliseconds k_cancel_watch{100};
  static constexpr std::chrono::seconds k_progress_interval{2};
  static constexpr std::chrono::milliseconds k_retry_pause{500};
  static constexpr std::int64_t k_errors_max = 100;
  /// With more waiting (a disk that stays full), the oldest changes of tasks are given up.
  static constexpr std::size_t k_waiting_max = 200000;

 private:
  struct Waiting {
    std::vector<jobs::TaskRow> tasks;
    std::unordered_map<std::uint64_t, std::size_t> places;
    std::vector<jobs::NewEvent> events;
    bool counters_changed = false;
    [[nodiscard]] bool empty() const {
      return tasks.empty() && events.empty() && !counters_changed;
    }
  };
  struct CancelWish {
    std::string actor;
    std::string reason;
    std::optional<std::chrono::milliseconds> grace;
  };
  /// What the thread does next.
  struct Turn {
    bool confirm = false;  ///< record that the run runs
    bool write = false;    ///< changes were gathered
    bool cancel = false;   ///< somebody told a wish
    bool last = false;     ///< the rest is for who closes
  };
  void work();
  /// Waits for one; nothing when whoever closes has taken the store.
  [[nodiscard]] std::optional<Turn> await_turn();
  void take(const Turn& turn);
  [[nodiscard]] bool progress_is_due();
  void fail(const Error& error);
  void mask(std::string& text) const;
  void estimate_total();
  void tell_waiting();
  [[nodiscard]] std::chrono::milliseconds gather_time();
  void write(bool last);
  void put_back(Waiting&& unwritten);
  void watch_cancel();

  jobs::JobStore& store_;
  jobs::Attempt attempt_;
  std::filesystem::path folder_;
  std::optional<EventTail> tail_;  ///< while somebody follows
  Hooks hooks_;
  Confirm confirm_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Waiting waiting_;
  Counters counters_;
  std::int64_t errors_ = 0;
  bool resting_ = false;  ///< the thread waits for something to write
  bool parked_ = false;   ///< it waits, for whatever; it looks at `taken_` before it does anything
  bool taken_ = false;    ///< the store is with who closes
  bool closing_ = false;
  bool closed_ = false;
  bool final_ = false;
  bool estimated_ = false;
  std::string progress_written_;
  base::BootTime progress_at_{0};
  base::BootTime written_at_{0};
  base::BootTime looked_at_ = base::now_boot();  ///< for a wish to cancel
  std::optional<CancelWish> cancel_wish_;
  bool cancel_seen_ = false;
  std::optional<std::chrono::milliseconds> grace_seen_;
  base::BootTime retry_at_{0};
  bool failed_ = false;
  std::optional<Error> failure_;
  std::thread thread_;
};

}  // namespace weir::runs
