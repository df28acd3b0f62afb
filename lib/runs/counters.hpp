#pragma once

#include "jobs/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace weir::runs {

/// Task counters of a run, as run-control 5.5 defines them. Pure: told of task states, in any
/// engine's order; telling the same state twice changes nothing.
class Counters {
 public:
  void note(const jobs::TaskRow& task);
  /// What the engine itself says at its end; replaces the sums.
  struct Totals {
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    std::int64_t ignored = 0;
    std::int64_t cached = 0;
    std::int64_t stored = 0;
    std::int64_t aborted = 0;
    std::int64_t retries = 0;
    friend bool operator==(const Totals&, const Totals&) = default;
  };
  void replace(const Totals& totals) { totals_ = totals; }
  [[nodiscard]] const Totals& totals() const { return totals_; }
  /// The engine has announced its end: no task can come any more.
  void finish() { final_ = true; }
  /// Tasks that the engine knows of and has not submitted; unknown is 0.
  void set_pending(std::int64_t pending) { pending_ = pending; }
  /// How many tasks earlier runs like this one had (estimate.hpp).
  void set_estimated_total(std::int64_t tasks) { estimated_total_ = tasks; }
  /// Where the numbers come from: "engine", "log", "none".
  void set_source(std::string_view source) { source_ = source; }
  void set_stale(bool stale) { stale_ = stale; }
  /// False for engines whose output does not tell a running task from one that waits for a place.
  void set_running_known(bool known) { running_known_ = known; }

  [[nodiscard]] std::int64_t total() const;
  [[nodiscard]] std::int64_t completed() const;
  /// 0 to 1; nothing while there is no task, or without a source.
  [[nodiscard]] std::optional<double> fraction() const;
  /// The data of a `progress` event.
  [[nodiscard]] std::string to_json() const;
  /// "12 of 40 tasks".
  [[nodiscard]] std::string to_text() const;

 private:
  enum class Stage { submitted, running };
  Totals totals_;
  std::unordered_map<std::uint64_t, Stage> live_;          ///< by task and attempt
  std::unordered_map<std::uint64_t, std::string> failed_;  ///< failed attempts: what became of them
  /// So that a log read twice counts once; true: it counts as succeeded.
  std::unordered_map<std::uint64_t, bool> ended_;
  std::int64_t running_ = 0;
  std::int64_t pending_ = 0;
  std::optional<std::int64_t> estimated_total_;
  std::string source_ = "engine";
  bool running_known_ = true;
  bool stale_ = false;
  bool final_ = false;
};

}  // namespace weir::runs
