#pragma once

#include "engine/task_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace weir::engine {

/// What the machine has for tasks.
struct Capacity {
  double cpus = 1;
  std::int64_t memory_bytes = 0;  ///< 0: not accounted
  std::int64_t accelerators = 0;
  std::size_t tasks = 0;  ///< running at once; 0: no limit but the resources
};

/// Decides which task starts next. Told of events, answers with ids; does nothing itself.
///
/// First come, first served; a task that does not fit lets later ones pass, at most `k_passes_max`
/// of them, so that a large task is not kept waiting for ever by a stream of small ones.
///
/// A task may be promised the place of a running one: who starts tasks can then do it at the very
/// end of that one without asking. Tasks that need the same (and, below `maxForks`, are of one
/// process) form a line, in which whichever ends first makes room for the task promised first.
class Scheduler {
 public:
  explicit Scheduler(Capacity capacity) : capacity_(capacity), free_(capacity) {}
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void add_process(std::int64_t max_forks) { processes_.push_back({max_forks, 0}); }

  /// Why a task can never run here, or nothing.
  [[nodiscard]] std::optional<std::string> objection(const Resources& resources) const;

  /// Whether the end of a task is seen by who starts tasks, so that promises can build on it.
  enum class Promises { yes, no };
  /// A task may start from now on.
  void ready(TaskId task, ProcessId process, const Resources& resources,
             Promises promises = Promises::yes);
  /// The next task to start, taking its resources; nothing when none fits. It may be a promised
  /// one, when resources became free otherwise.
  [[nodiscard]] std::optional<TaskId> take_next();
  /// The next task to start when a running one of its line ends; nothing when the one whose turn it
  /// is needs something else than what the running ones will leave. Several promises for each of
  /// them, and some more: the place is empty until a promise can be kept, short tasks end in
  /// bursts, and who starts them need not tell of every end at once.
  [[nodiscard]] std::optional<TaskId> promise_next();
  /// A promised task has started; the end of the one whose place it took is told afterwards.
  void promise_kept(TaskId task);
  /// A running task has ended, or one that waits or was promised is withdrawn.
  void ended(TaskId task);
  /// The line of a task that was taken or promised and has not ended; never 0.
  [[nodiscard]] std::uint64_t line_of(TaskId task) const;

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t running() const { return running_.size(); }

  static constexpr std::size_t k_passes_max = 256;
  static constexpr std::size_t k_promises_per_place = 2;
  static constexpr std::size_t k_promises_more = 8;

 private:
  /// What makes tasks of one line: one of them can take the place of another. The process counts
  /// only where its own limit does; k_any_process elsewhere.
  using LineKey = std::tuple<double, std::int64_t, std::int64_t, ProcessId>;
  struct Line {
    std::uint64_t id = 0;
    std::size_t members = 0;  ///< entries that name it
    std::size_t running = 0;
    std::size_t promised = 0;
  };
  using Lines = std::map<LineKey, Line>;
  struct Entry {
    TaskId task = 0;
    ProcessId process = 0;
    Resources resources;
    std::size_t passed_by = 0;
    Lines::iterator line;
    bool in_line = true;  ///< false: it takes no part in promises
  };
  struct Process {
    std::int64_t forks_max = 0;
    std::int64_t running = 0;
  };
  using Entries = std::list<Entry>;
  [[nodiscard]] bool fits(const Resources& resources) const;
  [[nodiscard]] bool held_back(const Entry& entry) const;
  void account(const Entry& entry, int sign);
  TaskId start(Entries& from, Entries::iterator entry);
  void forget(const Entry& entry);

  Capacity capacity_;
  Capacity free_;
  std::vector<Process> processes_;
  Lines lines_;
  std::uint64_t last_line_ = 0;
  Entries waiting_;
  Entries promised_;
  std::unordered_map<TaskId, Entry> running_;
};

}  // namespace weir::engine
