#pragma once

#include "base/error.hpp"
#include "cache/manifest.hpp"
#include "genomics/processor.hpp"
#include "net/fetcher.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::preprocess {

enum class PlaceMode {
  link,  ///< a hard link to the read-only blob where the file system allows it, else a copy
  copy,  ///< a file of its own
};

/// Where a job puts its results beside the cache.
struct Delivery {
  std::filesystem::path folder;  ///< absolute
  PlaceMode mode = PlaceMode::link;
};

/// What holds for all files of a process.
struct Settings {
  std::filesystem::path state_dir;
  std::filesystem::path cache_dir;
  std::size_t threads = 1;  ///< of one file's work
  std::size_t memory_limit_bytes = std::size_t{1} << 30;
  std::string actor;  ///< who asks; recorded with the job
  /// A worker that was silent for so long has lost its job. At least three heartbeats.
  std::chrono::milliseconds lease{40'000};
  std::chrono::milliseconds heartbeat{10'000};
  /// How often a worker looks whether somebody cancelled its job.
  std::chrono::milliseconds cancel_check{500};
  /// A refusal of content is answered from memory for so long.
  std::chrono::hours failure_memory{72};
  /// The same for a refusal on the side of a source elsewhere, which may be mended sooner.
  std::chrono::minutes upstream_failure_memory{60};
  std::int64_t attempts_max = 3;
  std::int64_t active_max = 1024;
  /// One file's work, or the wait for another process's; longer is an error (timed_out).
  std::optional<std::chrono::milliseconds> time_limit;
  /// A request that nobody began for so long is given up. Nothing: never.
  std::optional<std::chrono::milliseconds> queue_limit;
  /// What becomes of a job when `stop` becomes true: it is cancelled, or goes back into the queue.
  enum class WhenStopped { cancel, requeue } when_stopped = WhenStopped::cancel;
  net::FetchOptions fetch;
};

/// One file and what may change the bytes made of it.
struct Request {
  std::filesystem::path source;
  std::string name;                        ///< stands in messages; empty: the source's file name
  std::string job_name;                    ///< of its job; empty: the source's whole path
  std::optional<genomics::Format> format;  ///< nothing: from the content
  genomics::Codec codec = genomics::Codec::libdeflate;
  int level = 6;
  genomics::IndexType index = genomics::IndexType::automatic;
  genomics::LinePolicy policy = genomics::LinePolicy::normal;
  genomics::FormatOptions options;
  bool allow_empty = false;
  bool accept_missing_eof = false;
  bool want_gzi = false;
  std::uint64_t expanded_bytes_max = std::uint64_t{1} << 42;  ///< of decompressed input
  std::uint64_t line_bytes_max = std::uint64_t{64} << 20;
  std::optional<net::Url> remote;    ///< https or drs, instead of `source`
  net::Claims claims;                ///< what the source must be
  bool keep_rejected = false;        ///< what was fetched and has another digest, in quarantine
  std::optional<Delivery> delivery;  ///< of a job that somebody works on later
  bool retry = false;                ///< try again even if this very file was refused before
};

enum class How {
  made,      ///< by this process
  cached,    ///< was there already
  attached,  ///< by another process while this one waited
};
[[nodiscard]] std::string_view word_of(How how);

struct Result {
  How how = How::made;
  std::string job_id;  ///< of the job that made it
  cache::Artifact data;
  std::optional<cache::Artifact> index;  ///< nothing for formats that are passed through
  std::optional<cache::Artifact> gzi;    ///< when asked for
  /// Records, repairs, warnings: the object stored with the artifacts (`report_json` of either).
  std::string report_json;
};

/// Told what happens, from the thread that called `run`.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void progress(genomics::Stage stage, std::int64_t done_bytes,
                        std::int64_t total_bytes) = 0;
  /// A source comes from elsewhere; `total_bytes` 0: unknown.
  virtual void fetching(std::int64_t done_bytes, std::int64_t total_bytes) = 0;
  /// Another process works on the same file already.
  virtual void waiting(const std::string& job_id) = 0;
};

/// A request that was put into the queue.
struct Submitted {
  std::string job_id;
  enum class How {
    queued,
    attached,  ///< the same was asked for before, and is not done yet
    cached,    ///< nothing is left to do; `job_id` made it
  } how = How::queued;
};

/// A job that was taken from the queue, and how it ended.
struct Worked {
  std::string job_id;
  std::string name;
  std::optional<Result> result;
  std::optional<Error> error;
};

/// Turns files into sorted, compressed, indexed artifacts in the cache, once per content and
/// parameters, whoever asks.
///
/// The same file asked for at the same time by several processes is worked on by one; the others
/// wait and get its result or its error. One object serves one thread; several in a process share
/// nothing.
class Preprocessor {
 public:
  /// Opens the job table and the cache, and settles what dead processes left. Throws Error.
  explicit Preprocessor(Settings settings);
  ~Preprocessor();
  Preprocessor(const Preprocessor&) = delete;
  Preprocessor& operator=(const Preprocessor&) = delete;

  /// Blocks until the artifacts are there. Throws Error: `input` for a refused file (remembered),
  /// `temporary` when trying again may help, `cancelled` when `stop` became true or somebody
  /// cancelled the job. `observer` may be null.
  [[nodiscard]] Result run(const Request& request, Observer* observer,
                           const std::atomic<bool>& stop);

  /// Puts a request into the queue, for any process of this state directory that calls `work_next`.
  /// Throws Error as `run` does for what is known at once.
  [[nodiscard]] Submitted submit(const Request& request);
  /// Works on the job that waits longest, with the resources of this object's settings. Nothing
  /// when none waits. `choose` is told which job it is and names who looks on; it may be empty.
  using Choose = std::function<Observer*(const Worked& begun)>;
  [[nodiscard]] std::optional<Worked> work_next(const Choose& choose,
                                                const std::atomic<bool>& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::preprocess
