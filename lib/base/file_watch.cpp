#include "base/file_watch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace weir::base {

FileWatch::FileWatch() : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

bool FileWatch::watch(const std::filesystem::path& path, std::uint32_t changes) {
  return fd_ && ::inotify_add_watch(fd_.get(), path.c_str(), changes | IN_MASK_ADD) >= 0;
}

bool FileWatch::add(const std::filesystem::path& path) {
  return watch(path,
               IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF);
}

bool FileWatch::add_touches(const std::filesystem::path& path) {
  return watch(path, IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF);
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
  // Less than half full: nothing was left behind (an event has at most 16 + 256 bytes).
  constexpr ssize_t k_half = events.size() / 2;
  while (fd_ && ::read(fd_.get(), events.data(), events.size()) > k_half) {
  }
}

void touch(const std::filesystem::path& path) noexcept {
  static_cast<void>(::utimensat(AT_FDCWD, path.c_str(), nullptr, 0));
}

}  // namespace weir::base
