#pragma once

#include "base/clock.hpp"
#include "base/file_watch.hpp"
#include "jobs/cursor.hpp"
#include "jobs/job_store.hpp"
#include "runs/event_tail.hpp"
#include "runs/follower_mark.hpp"
#include "runs/log_text.hpp"
#include "runs/run_log.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::runs {

struct StreamOptions {
  jobs::Cursor after;
  bool follow = false;  ///< go on until the job has ended
  bool hello = false;   ///< begin with `hello`, and say why with `end` when cut short
  bool logs = false;    ///< also `log` frames made from the bytes of its logs
  /// Only these; empty: all that are durable (hello, end and gap always). `process` and `metric`
  /// frames are made, every k_sample_interval and before the end, only when they are named.
  std::vector<std::string> types;
};

enum class StreamEnd {
  complete,  ///< the job's last event was handed out
  drained,   ///< everything there is; without `follow`
  stopped,   ///< `stop` became true
  refused,   ///< the consumer wants no more
  purged,    ///< the job's record was removed meanwhile
};

/// One job's events, and its log lines when asked for, as lines of NDJSON: durable, gap-free, each
/// with the cursor from which another call goes on exactly.
///
/// The same lines for every face: a terminal, server-sent events, WebSocket frames. Log bytes
/// written before the end come before `complete`, which is the last line. Reads only, so no
/// follower can hold up the run.
class EventStream {
 public:
  /// Takes a line without its newline; false: no more.
  using Consumer = std::function<bool(std::string_view line)>;
  /// Called whenever there is nothing more to hand out at the moment.
  using Flush = std::function<void()>;

  EventStream(jobs::JobStore& store, std::string id, StreamOptions options);
  /// Blocks until the end, `stop`, or the consumer's refusal.
  StreamEnd run(const Consumer& consumer, const Flush& flush, const std::atomic<bool>& stop);
  [[nodiscard]] const jobs::Cursor& cursor() const { return cursor_; }
  static constexpr std::chrono::seconds k_sample_interval{2};

 private:
  bool send(std::string_view line);
  bool wants(std::string_view type) const;
  bool send_tail();
  bool send_events(bool& complete);
  bool send_logs(bool last);
  bool send_log_frame();
  void send_samples(bool last);
  void control(std::string_view type, std::string_view data);
  void frame(std::string_view type, std::string_view data);

  jobs::JobStore& store_;
  std::string id_;
  StreamOptions options_;
  jobs::Cursor cursor_;
  RunLogReader log_;
  LineSplitter out_lines_;
  LineSplitter err_lines_;
  std::string frame_;
  std::size_t frame_lines_ = 0;
  jobs::Cursor frame_from_;
  std::optional<EventTailReader> tail_;
  base::FileWatch watch_;
  FollowerMark mark_;
  base::BootTime sampled_{0};
  const Consumer* consumer_ = nullptr;
  bool refused_ = false;
};

/// Waits for changes of a state directory and of a job's folder, then for `gather` more, so that
/// followers of a busy run read in batches. Returns early on a signal.
void wait_for_news(base::FileWatch& watch, std::chrono::milliseconds longest,
                   std::chrono::milliseconds gather = std::chrono::milliseconds(12));

}  // namespace weir::runs
