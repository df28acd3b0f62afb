#pragma once

#include "jobs/job.hpp"
#include "runs/counters.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::runs {

/// Reads the log file of an installed Nextflow (`-log`), record by record, and tells what happens
/// to tasks. Wording as in the sources of Nextflow 23.10 to 26.04 (TaskProcessor,
/// TaskPollingMonitor, TaskHandler, WorkflowStats) and as recorded from 25.05; every line that it
/// does not know is normal and means nothing.
///
/// Pure: told bytes as they come, in pieces of any size. Feeding the same log twice tells the same
/// task states again, which changes no counter.
class NextflowLog {
 public:
  struct Message {
    std::string level;  ///< error or warning
    std::string text;
  };
  struct Listener {
    std::function<void(const jobs::TaskRow&)> task;
    std::function<void(const Message&)> message;
  };
  explicit NextflowLog(Listener listener) : listener_(std::move(listener)) {}

  void add(std::string_view bytes);
  /// The last record, which no other one followed.
  void finish();
  /// Begins anew: the file was replaced.
  void restart();
  /// The engine is gone, and with it every task that was not told to have ended.
  void abandon();

  /// How the engine's end looks in the log, as far as it was read.
  struct End {
    bool complete = false;  ///< its last words were read
    bool failed = false;    ///< the session was aborted, or a task's error ended it
    /// What was still submitted or running then counts as aborted: it ended with the engine.
    std::optional<Counters::Totals> totals;
  };
  [[nodiscard]] const End& end() const { return end_; }
  [[nodiscard]] const std::string& session_id() const { return session_id_; }
  [[nodiscard]] const std::string& run_name() const { return run_name_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::string& executor() const { return executor_; }
  /// The block that says why the run failed, from "Error executing process" on; may be empty.
  [[nodiscard]] const std::string& error_block() const { return error_block_; }
  /// The last error of any kind; may be empty.
  [[nodiscard]] const std::string& last_error() const { return last_error_; }
  [[nodiscard]] std::int64_t records() const { return records_; }
  /// Where the tasks' directories are; empty before the log says so.
  [[nodiscard]] const std::string& work_dir() const { return work_dir_; }

  /// Tasks handed to a batch system and not told to have ended: "SLURM 4711 (ALIGN (s1))". They
  /// live on when the engine is killed.
  [[nodiscard]] std::vector<std::string> grid_jobs() const;

  /// When the task whose directory begins with `hash` ("ab/cdef01") began; nothing: not yet.
  using StartOf = std::function<std::optional<base::WallTime>(const std::string& hash)>;
  /// The log does not tell when a submitted task begins. Asks `start_of` for those not known to
  /// run, at most `looks_max` of them, in turn from call to call, and tells those that began.
  void look_for_started(std::size_t looks_max, const StartOf& start_of);

  /// Tasks that wait for a place of the executor, by its last dump or its last words.
  [[nodiscard]] std::int64_t pending() const { return pending_; }

  static constexpr std::size_t k_record_bytes_max = std::size_t{256} << 10;

 private:
  struct Known {
    std::int64_t task = 0;
    std::int64_t attempt = 1;
    std::string name;
    bool running = false;
  };
  void line(std::string_view text);
  void record(std::string_view level, std::string_view text);
  void submitted(std::string_view hash, std::string_view name, bool again);
  void without_running(std::string_view state, std::string_view hash, std::string_view name);
  void noted(std::string_view hash, std::string_view text);
  bool handed_over(std::string_view text);
  void completed(std::string_view handler);
  void failed(std::string_view block);
  void totals(std::string_view stats);
  [[nodiscard]] static jobs::TaskRow row_of(const Known& known, std::string_view hash,
                                            std::string_view state);
  void tell(jobs::TaskRow row) const;

  Listener listener_;
  std::string rest_;
  std::string record_;
  std::string level_;
  bool in_record_ = false;
  std::map<std::string, std::deque<Known>, std::less<>> open_;  ///< by "hash name": not ended yet
  std::string looked_at_;                                       ///< the last of them that was
  std::map<std::string, Known, std::less<>> by_hash_;           ///< the newest attempt of a hash
  std::map<std::string, Known, std::less<>> retried_;           ///< by name: the attempt to come
  std::map<std::string, jobs::TaskRow, std::less<>> ended_;     ///< by name: the newest that ended
  std::map<std::string, std::string, std::less<>> grid_jobs_;   ///< by native id: how to name it
  std::int64_t next_task_ = 0;
  std::int64_t records_ = 0;
  std::int64_t pending_ = 0;
  End end_;
  std::string session_id_;
  std::string run_name_;
  std::string version_;
  std::string executor_;
  std::string work_dir_;
  std::string error_block_;
  std::string last_error_;
};

/// "NAME" or "SCOPE:NAME" of "SCOPE:NAME (tag)"; the tag in `tag`.
[[nodiscard]] std::string process_of(std::string_view task_name, std::string& tag);
/// The line below "Caused by:" in a report of an error; empty when there is none.
[[nodiscard]] std::string_view cause_in(std::string_view report);

}  // namespace weir::runs
