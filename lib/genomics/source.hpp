#pragma once

#include "base/fd.hpp"
#include "base/queue.hpp"
#include "genomics/problem.hpp"
#include "genomics/processor.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <thread>

namespace weir::genomics {

/// The input file, opened once and read by position only: regular files, never through a name that
/// a library could take for something else.
class SourceFile {
 public:
  /// Throws Error (`not_regular`, `empty_source`, system errors).
  explicit SourceFile(const ProcessRequest& request);

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const std::string& name() const { return name_; }  ///< for messages
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Fills `to` from `offset`. Throws Error (`source_changed`) when the file has become shorter.
  void read_at(std::uint64_t offset, std::span<std::uint8_t> to) const;
  /// Throws Error (`source_changed`) when size, time or identity differ from those at opening.
  void check_unchanged() const;

 private:
  struct Identity {
    std::uint64_t size, device, inode;
    std::int64_t mtime_ns;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  [[nodiscard]] Identity identity() const;

  base::Fd owned_;
  int fd_ = -1;
  std::string name_;
  std::uint64_t size_ = 0;
  Identity at_opening_{};
};

/// Digests bytes in a thread of its own while others work with them.
class SourceHasher {
 public:
  explicit SourceHasher(bool want_md5);
  ~SourceHasher();
  SourceHasher(const SourceHasher&) = delete;
  SourceHasher& operator=(const SourceHasher&) = delete;

  /// The bytes must stay as they are until `drain`, or `wait_for` with the answer, returned.
  std::uint64_t add(std::span<const std::uint8_t> bytes);
  /// Waits until everything up to and with that `add` was digested.
  void wait_for(std::uint64_t ticket);
  /// Waits until everything added was digested.
  void drain();
  /// Ends the thread; the digests are there afterwards.
  void finish();
  [[nodiscard]] const std::string& sha256() const { return sha256_; }
  [[nodiscard]] const std::string& md5() const { return md5_; }  ///< empty unless wanted

 private:
  void run(bool want_md5);

  base::BoundedQueue<std::span<const std::uint8_t>> queue_{64};
  std::mutex mutex_;
  std::condition_variable digested_more_;
  std::uint64_t added_ = 0;     ///< guarded by mutex_
  std::uint64_t digested_ = 0;  ///< likewise
  std::string sha256_;          ///< written by the thread, read after `finish`
  std::string md5_;
  std::thread thread_;
};

/// Waits at its end until `hasher` (may be null) has digested all that it was given. To be declared
/// behind the memory in question: that must not go before, also after an error.
class DrainAtEnd {
 public:
  explicit DrainAtEnd(SourceHasher* hasher) : hasher_(hasher) {}
  ~DrainAtEnd() {
    if (hasher_ != nullptr) hasher_->drain();
  }
  DrainAtEnd(const DrainAtEnd&) = delete;
  DrainAtEnd& operator=(const DrainAtEnd&) = delete;

 private:
  SourceHasher* hasher_;
};

}  // namespace weir::genomics
