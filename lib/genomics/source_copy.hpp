#pragma once

#include "base/fd.hpp"
#include "genomics/source.hpp"

#include <atomic>
#include <exception>
#include <filesystem>
#include <thread>

namespace weir::genomics {

/// Copies a source in a thread of its own while others read it: by reflink where the file system
/// can, else within the kernel. What was copied is on its way to the disk at once, so that a sync
/// afterwards finds little to do.
class SourceCopy {
 public:
  /// Begins. `source` must outlive it. Throws Error when `target` cannot be created.
  SourceCopy(const SourceFile& source, std::filesystem::path target);
  /// Gives up, unless `finish` was called: stops and removes the target.
  ~SourceCopy();
  SourceCopy(const SourceCopy&) = delete;
  SourceCopy& operator=(const SourceCopy&) = delete;

  /// Waits for the whole copy. Throws Error: `source_changed` for a source that became shorter,
  /// system errors.
  void finish();

 private:
  void run();
  void copy_piece(std::uint64_t offset, std::size_t bytes);

  const SourceFile& source_;
  std::filesystem::path target_;
  base::Fd file_;
  bool in_kernel_ = true;  ///< used by the thread only
  std::atomic<bool> stop_{false};
  std::exception_ptr failure_;  ///< written by the thread, read after it ended
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace weir::genomics
