#pragma once

#include "base/fd.hpp"
#include "jobs/job.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace weir::runs {

// The newest events of an active run beside the table, as the very lines that followers print:
// `events.tail` in the run's folder. Who is up to date reads what is new with one call instead of a
// transaction.
//
// A copy that nobody needs: it may be missing, begin late, lack what others recorded, or end inside
// a line. Readers go by the numbers of the events and ask the table for what they miss here.

/// Written by the run while it is followed. The file is gone with the object; one that a killed
/// process left is replaced.
class EventTail {
 public:
  EventTail(const std::filesystem::path& folder, std::string job_id);
  ~EventTail();
  EventTail(const EventTail&) = delete;
  EventTail& operator=(const EventTail&) = delete;

  /// Appends events that are committed, in the order of their numbers. Where that fails (the disk
  /// is full) the file goes, and nothing is written any more.
  void append(std::span<const jobs::JobEvent> events) noexcept;

  /// A file of more is replaced by an empty one.
  static constexpr std::int64_t k_bytes_max = std::int64_t{1} << 20;

 private:
  void begin();
  void drop() noexcept;

  std::filesystem::path file_;
  std::string job_id_;
  base::Fd fd_;
  std::int64_t bytes_ = 0;
  bool failed_ = false;
};

/// Reads what is added from the first call on. Never throws for what the file is like.
class EventTailReader {
 public:
  struct Line {
    std::int64_t seq = 0;
    std::string_view type;
    std::string_view text;  ///< without the newline; valid during the call
  };
  /// False: no more of these.
  using Consumer = std::function<bool(const Line&)>;

  explicit EventTailReader(const std::filesystem::path& folder);
  /// Hands out the lines that were added since the last call; true when there were some and all
  /// were taken. After false the table is to be asked: it has whatever this call passed over.
  bool read(const Consumer& consumer);

 private:
  void open_at_end();
  bool fetch();

  std::filesystem::path file_;
  base::Fd fd_;
  std::int64_t offset_ = 0;
  std::string pending_;  ///< the beginning of a line whose end is not there yet
};

}  // namespace weir::runs
