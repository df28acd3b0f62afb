#pragma once

#include "genomics/processor.hpp"
#include "jobs/job.hpp"
#include "preprocess/preprocessor.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace weir::preprocess {

/// Keeps a job's lease while its work goes on in another thread, and tells the work to stop.
///
/// A thread of its own with a database connection of its own, opened when first needed: work
/// shorter than one interval pays nothing.
class Heart {
 public:
  enum class Stopped { no, cancelled, lost_lease, timed_out };

  Heart(const Settings& settings, jobs::Attempt attempt);
  /// Stops the thread; blocks until it has ended.
  ~Heart();
  Heart(const Heart&) = delete;
  Heart& operator=(const Heart&) = delete;

  /// Given to the processor; true once the work is to stop.
  [[nodiscard]] const std::atomic<bool>& stop() const { return stop_; }
  void request_stop() { stop_ = true; }
  [[nodiscard]] Stopped stopped() const { return stopped_; }
  /// From the working thread: shown in the job's record from time to time.
  void note_progress(std::string_view stage, std::int64_t done_bytes, std::int64_t total_bytes);

 private:
  struct Progress {
    std::string stage;
    std::int64_t done_bytes = 0;
    std::int64_t total_bytes = 0;
    bool fresh = false;
  };

  void beat_until_told();
  void give_up(Stopped why);

  const Settings settings_;
  const jobs::Attempt attempt_;
  std::atomic<bool> stop_{false};
  std::atomic<Stopped> stopped_{Stopped::no};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  ///< guarded by mutex_
  Progress progress_;    ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace weir::preprocess
