#pragma once

#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::runs {

/// What a new run does when its lane or its launch directory is taken.
enum class OnBusy {
  fail,     ///< refuse
  skip,     ///< nothing to do: somebody is at it
  attach,   ///< follow that run, when it is the same request
  queue,    ///< wait for its turn, first in first out
  replace,  ///< ask that run to end, and start when it has
};
/// fail, skip and so on, in the order of the enumeration.
[[nodiscard]] std::span<const std::string_view> on_busy_words();
/// Nothing when the word names none.
[[nodiscard]] std::optional<OnBusy> parse_on_busy(std::string_view word);

struct AdmissionRequest {
  jobs::Submission submission;  ///< of kind run
  OnBusy on_busy = OnBusy::fail;
  bool attach_any = false;  ///< attach also to a run that was asked for otherwise
  std::optional<std::chrono::milliseconds> queue_timeout;
  std::chrono::milliseconds grace{20000};  ///< that a replaced run gets
};

struct Admitted {
  enum class Answer {
    mine,     ///< `job` is recorded, `folder` is held: run it
    follow,   ///< `job` is somebody else's and still active
    ended,    ///< `job` was made for this request key and has ended
    skipped,  ///< `job` holds the lane
    stopped,  ///< `stop` became true while waiting; nothing is left behind
  } answer = Answer::mine;
  jobs::Job job;
  std::optional<jobs::RunFolder> folder;
};

/// Lets one run in, by its policy. Blocks while it waits for its turn or for the end of the run it
/// replaces. Durable when it returns: the row is there and the folder's lock is held.
///
/// Throws Error: `busy` naming the holder (codes lane_busy, launch_dir_busy, busy_mismatch),
/// `timed_out` when the turn did not come in time, `cancelled` when somebody cancelled the waiting
/// run, `input` (key_reused) for a request key that was given for something else.
class Admission {
 public:
  /// `on_queued` is called once, when the run begins to wait.
  Admission(jobs::JobStore& store, AdmissionRequest request,
            std::function<void(const jobs::Job&)> on_queued);
  [[nodiscard]] Admitted admit(const std::atomic<bool>& stop);

 private:
  [[nodiscard]] Admitted take(jobs::Job job) const;
  [[nodiscard]] Admitted wait_for_turn(const jobs::Claim& claim, const std::atomic<bool>& stop);
  [[nodiscard]] std::optional<Admitted> when_held(const jobs::Job& holder,
                                                  const std::atomic<bool>& stop);
  void replace(const jobs::Job& holder, const std::atomic<bool>& stop);
  [[noreturn]] void refuse(const jobs::Job& holder, std::string_view code,
                           std::string_view why) const;

  jobs::JobStore& store_;
  AdmissionRequest request_;
  std::function<void(const jobs::Job&)> on_queued_;
};

}  // namespace weir::runs
