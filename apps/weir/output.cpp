#include "output.hpp"

#include "base/error.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace weir::app {
namespace {
constexpr std::size_t k_buffer_bytes = 64 * 1024;
}

Output::Output(int fd) : fd_(fd), terminal_(fd >= 0 && ::isatty(fd) == 1) {}

Output::~Output() {
  try {
    flush();
  } catch (const Error&) {
    // main flushes by name and reports; a second failure while unwinding has no one to tell
  }
}

void Output::write(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  note_waiting();
  if (copy_) copy_(text);
  put_locked(text);
}

void Output::show(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  note_waiting();
  put_locked(text);
}

void Output::record(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  note_waiting();
  if (copy_) copy_(text);
}

void Output::note_waiting() {
  if (std::exchange(waiting_, true) || !told_) return;
  told_();
}

void Output::put_locked(std::string_view text) {
  if (fd_ < 0) return;
  buffer_ += text;
  if (buffer_.size() >= k_buffer_bytes || (terminal_ && text.ends_with('\n'))) flush_locked();
}

void Output::line(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  note_waiting();
  if (copy_) copy_(std::string(text) + '\n');
  if (fd_ < 0) return;
  buffer_ += text;
  put_locked("\n");
}

void Output::flush() {
  const std::scoped_lock lock(mutex_);
  flush_locked();
}

void Output::flush_locked() {
  waiting_ = false;
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      buffer_.clear();
      if ((error == EPIPE || error == EIO) && outlives_reader_) {
        fd_ = -1;
        return;
      }
      if (error == EPIPE) {
        // The reader has seen enough (`weir jobs list | head`): end as other filters do, without a
        // word.
        ::signal(SIGPIPE, SIG_DFL);
        ::raise(SIGPIPE);
      }
      throw system_error("write to", fd_ == 1 ? "standard output" : "standard error", error);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

int Output::stream() {
  flush();
  ::signal(SIGPIPE, SIG_DFL);
  return fd_;
}

int Output::width() const {
  winsize size{};
  if (::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace weir::app
