#include "base/file_watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace weir::base {

FileWatch::FileWatch() : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

bool FileWatch::add(const std::filesystem::path& path) {
  if (!fd_) return false;
  constexpr std::uint32_t k_changes =
      IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
  return ::inotify_add_watch(fd_.get(), path.c_str(), k_changes) >= 0;
}

bool FileWatch::wait(std::chrono::milliseconds timeout) {
  pollfd watched{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  const int ready = ::poll(&watched, 1, static_cast<int>(timeout.count()));
  if (ready <= 0) return false;
  drain();
  return true;
}

void FileWatch::drain() {
  std::array<char, 4096> events{};
  while (fd_ && ::read(fd_.get(), events.data(), events.size()) > 0) {
  }
}

}  // namespace weir::base
