#include "genomics/source_copy.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace weir::genomics {

SourceCopy::SourceCopy(const SourceFile& source, std::filesystem::path target)
    : source_(source),
      target_(std::move(target)),
      file_(base::open_write(target_)),
      thread_([this] {
        try {
          run();
        } catch (...) {
          failure_ = std::current_exception();
        }
      }) {}

SourceCopy::~SourceCopy() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (finished_) return;
  // Nothing may escape; the folder is the caller's, who removes it after an error anyway.
  try {
    base::remove_file(target_);
  } catch (const Error& error) {
    base::log(base::LogLevel::debug, "copy left behind", {{"error", error.what()}});
  }
}

void SourceCopy::finish() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  finished_ = true;
}

void SourceCopy::run() {
  if (::ioctl(file_.get(), FICLONE, source_.fd()) == 0) return;
  constexpr std::uint64_t k_piece_bytes = std::uint64_t{8} << 20;
  for (std::uint64_t at = 0; at < source_.size() && !stop_;) {
    const std::uint64_t bytes = std::min(k_piece_bytes, source_.size() - at);
    copy_piece(at, static_cast<std::size_t>(bytes));
    // Only begins to write; where that cannot be done, the sync at the commit does it all.
    static_cast<void>(::sync_file_range(file_.get(), static_cast<off64_t>(at),
                                        static_cast<off64_t>(bytes), SYNC_FILE_RANGE_WRITE));
    at += bytes;
  }
}

void SourceCopy::copy_piece(std::uint64_t offset, std::size_t bytes) {
  auto from = static_cast<off64_t>(offset);
  auto to = from;
  while (in_kernel_ && bytes > 0) {
    const ssize_t copied = ::copy_file_range(source_.fd(), &from, file_.get(), &to, bytes, 0);
    if (copied > 0) {
      bytes -= static_cast<std::size_t>(copied);
    } else if (copied == 0) {
      throw problem_error(Problem::source_changed, source_.name(), "it became shorter");
    } else if (errno == ENOSPC || errno == EDQUOT || errno == EIO) {
      throw system_error("write to", target_.native(), errno);
    } else if (errno != EINTR) {
      in_kernel_ = false;  // EXDEV, EINVAL, ENOSYS, ...: depends on the pair of file systems
    }
  }
  std::vector<std::uint8_t> buffer(std::min<std::size_t>(bytes, std::size_t{1} << 20));
  while (bytes > 0) {
    const std::span<std::uint8_t> piece(buffer.data(), std::min(bytes, buffer.size()));
    source_.read_at(static_cast<std::uint64_t>(from), piece);
    // The file's own position is not used by the calls above.
    if (::lseek(file_.get(), to, SEEK_SET) < 0)
      throw system_error("write to", target_.native(), errno);
    base::write_all(file_.get(), {reinterpret_cast<const char*>(piece.data()), piece.size()},
                    target_.native());
    from += static_cast<off64_t>(piece.size());
    to += static_cast<off64_t>(piece.size());
    bytes -= piece.size();
  }
}

}  // namespace weir::genomics
